"""`disrupt guard`: for a site with one administrator; hotlines' notices, and a quarantine with undo."""
