"""The list is looked up without the exchange learning what for, and without the partner holding it."""
