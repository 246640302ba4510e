"""The checker process: it looks at reported addresses, so that nothing else waits for a slow site."""
