"""What every page of the portal shares: the session, the limits, the headers, the exit."""
