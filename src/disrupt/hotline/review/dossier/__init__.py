"""The evidence file of a case: asked for by one person, allowed by another."""
