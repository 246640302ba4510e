"""What partners read and write: the feed, the StopNCII protocol, keys."""
