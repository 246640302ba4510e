"""What happens is counted as it happens, in rows about nobody."""
