"""`disrupt scan`: a whole back catalogue looked up, once, however often it is interrupted."""
