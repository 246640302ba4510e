"""The operator's side of a review key that several people bring in."""
