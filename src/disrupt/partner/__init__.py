"""What a partner platform runs: hash, sync, match; no Django."""
