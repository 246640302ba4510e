"""The exchange process."""
