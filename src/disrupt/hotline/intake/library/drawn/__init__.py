"""Pictures and stories for those who talk about it with others: drawn in code, told from data."""
