"""Who asks: the key, what it may do and see, how often it may ask, and the one form of every refusal."""
