"""Changing what is in force on a page: settings, dates of categories, hosts, platforms, beginnings."""
