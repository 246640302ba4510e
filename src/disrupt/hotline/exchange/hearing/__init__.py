"""What partners say of entries and propose, and who looks again because of it."""
