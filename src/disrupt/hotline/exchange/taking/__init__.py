"""Other hotlines' lists are taken in: each by its own rules, with where every entry is at home."""
