"""How files arrive: sealed as they come, also over hours and many requests."""
