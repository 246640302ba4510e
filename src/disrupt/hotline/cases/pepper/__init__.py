"""A pepper is replaced: a case moves to the new one as its holder comes, and the old one waits for that."""
