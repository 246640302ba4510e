"""What an administrator changes on a page while the house runs, over what came along."""
