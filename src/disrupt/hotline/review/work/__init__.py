"""One item on one screen: the words, its family, the decision on it, a second opinion."""
