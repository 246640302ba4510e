"""Kinds of file that Pillow has no decoder of, told to it as if it had."""
