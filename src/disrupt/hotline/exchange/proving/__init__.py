"""The log of the list: what proves a page, and who signed which head."""
