"""The console process."""
