"""What was done to an upload, guessed: where a picture may stand in it, and views taken of it."""
