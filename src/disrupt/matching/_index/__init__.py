"""The tables of the index and the compiled loops that look up in them."""
