"""What analysts decide, and what it sets in motion."""
