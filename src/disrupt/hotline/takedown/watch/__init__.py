"""Looking for copies: sources that the hotline may look through, compared with the bank."""
