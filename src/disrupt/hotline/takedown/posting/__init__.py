"""A message leaves once: its bytes, what goes in one, how many an hour, and what nobody knows."""
