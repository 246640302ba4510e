"""One settings and urls module for each of the four processes: portal, console, exchange, worker (D1)."""
