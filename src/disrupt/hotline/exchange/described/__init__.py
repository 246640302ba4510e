"""The addresses, described for programs."""
