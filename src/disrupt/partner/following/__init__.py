"""Following a hotline: its pages, their proofs, how far one is, the first fetch."""
