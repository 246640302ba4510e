"""What protects analysts: when no content is shown to them, and how they stop without a question."""
