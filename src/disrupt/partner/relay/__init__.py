"""Fetching lists for a hotline that takes them in, and handing ours on: the network, and no database."""
