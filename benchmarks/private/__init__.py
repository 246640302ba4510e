"""What a private look-up finds and costs."""
