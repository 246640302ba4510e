"""Management commands of the exchange, one a module."""
