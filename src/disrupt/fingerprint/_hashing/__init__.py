"""The loops of PDQ."""
