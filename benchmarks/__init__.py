"""Side-by-side measurements against the peers, as ratios in one run."""
