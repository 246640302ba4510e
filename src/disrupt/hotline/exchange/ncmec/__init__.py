"""The list as clients of NCMEC's hash sharing read it."""
