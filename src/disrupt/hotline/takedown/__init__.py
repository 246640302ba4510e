"""Notices to the police platform and to hosts, until the content is gone."""
