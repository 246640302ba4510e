"""Other ways of recognising copies beside ours, on the same files."""
