"""The pages behind the code."""
