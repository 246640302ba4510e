"""Case, item, qualification, ledger and retention: what everything else is about."""
