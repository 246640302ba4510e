"""What can go wrong in a demonstration."""


class DemoFailed(RuntimeError):
    """A step did not do what it must; the message says which and what was seen."""
