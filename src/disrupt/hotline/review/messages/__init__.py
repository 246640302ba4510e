"""Writing with the person: threads, questions about an item, beginnings of letters."""
