"""What the holder of a code sees and does."""
