"""A hotline is put on a machine: an account, a unit and a database role for each process."""
