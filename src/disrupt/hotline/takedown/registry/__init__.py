"""The lines of the registry of recipients: what they say, and how they are read from JSON."""
