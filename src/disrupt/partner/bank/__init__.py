"""`disrupt bank`: looking into a bank, filling one of your own, and what the commands say of its health."""
