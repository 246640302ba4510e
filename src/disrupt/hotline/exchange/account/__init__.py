"""A partner's administrator looks after its keys on pages, and sees how it stands with the exchange."""
