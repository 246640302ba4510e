"""When what is done about an address: its plan, what follows a step, what a person stopped."""
