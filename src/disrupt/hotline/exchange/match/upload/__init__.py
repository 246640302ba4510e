"""Uploads that a partner asks about: received, decoded in the sandbox, looked up, and kept nowhere."""
