"""Asking an exchange without telling it what is asked, and without being told its list."""
