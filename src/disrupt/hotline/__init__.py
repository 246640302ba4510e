"""What the hotline runs: portal, console, exchange and worker, on Django."""
