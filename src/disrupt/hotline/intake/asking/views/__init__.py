"""The pages on which a person is asked."""
