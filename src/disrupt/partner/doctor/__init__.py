"""`disrupt doctor`: is everything here that a look-up needs."""
