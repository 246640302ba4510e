"""Fetching lists for a hotline that takes them in: this process has the network, and no database."""
