"""A review key that only several people together bring in: how it is shared out, and asked for."""
