"""The analysts' pages about notices, and what a person can do on them."""
