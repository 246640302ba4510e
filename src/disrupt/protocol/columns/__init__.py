"""A page of the feed read as columns by compiled loops, for a first fetch of millions."""
