"""What a process lives by: its loop, its lane, its signs of life, its limits, its quiet log."""
