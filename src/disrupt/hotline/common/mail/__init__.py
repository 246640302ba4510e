"""What every sender and reader of mail shares: once, folders of what came, delivery reports."""
