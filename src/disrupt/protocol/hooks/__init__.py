"""What an exchange tells a partner's program by itself: signed by who sends, verified by who receives."""
