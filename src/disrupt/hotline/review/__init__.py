"""The analysts console, which orchestrates the other apps."""
