"""What comes back from recipients: bounces, receipts; whatever else is left for a person."""
