"""The process that watches the others."""
