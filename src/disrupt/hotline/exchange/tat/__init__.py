"""The list as clients of Tech Against Terrorism's hash list read it."""
