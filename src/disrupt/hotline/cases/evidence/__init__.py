"""What is given to others as proof: files that prove themselves, with what a ledger says."""
