"""`disrupt serve`: an HTTP matcher over one bank or several."""
