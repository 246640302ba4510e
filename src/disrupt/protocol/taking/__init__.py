"""Taking in another list: from where, by which rules, and what lies between who fetches and who takes in."""
