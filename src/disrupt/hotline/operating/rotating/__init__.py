"""Keys are replaced while everything runs, and what they sealed is sealed anew."""
