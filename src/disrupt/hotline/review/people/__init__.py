"""The people of the console: who has an account, who is invited, and the passkeys with which they sign in."""
