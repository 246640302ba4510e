"""What the commands share: options, key files, what is said on standard error, words fit for a terminal."""
