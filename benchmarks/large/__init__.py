"""What a large trial consists of beside its cases."""
