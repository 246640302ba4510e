"""Writing to reporters: who is told, the letters, the mail that comes back."""
