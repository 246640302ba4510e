"""The list as clients of the StopNCII protocol read it, and what they send."""
