"""What happens to an item once it is decided."""
