"""A decoder's process: started, confined, asked, replaced."""
