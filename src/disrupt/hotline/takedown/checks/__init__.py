"""Is it gone? Reported addresses are looked at, politely, and what was seen is judged by signs."""
