"""Legal holds: a case of which nothing is destroyed, and what ends soon unless somebody holds it."""
