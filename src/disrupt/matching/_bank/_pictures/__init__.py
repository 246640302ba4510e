"""Pictures whose values stand in a page of text, made into a bank's lines and tables by compiled loops."""
