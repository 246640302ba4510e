"""Where contents are kept so that they can be destroyed: sealed, in pieces, with keys of their own."""
