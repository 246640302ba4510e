"""The signed head of the ledgers leaves the house: to a file, by mail, under a time stamp."""
