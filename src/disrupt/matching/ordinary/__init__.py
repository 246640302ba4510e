"""What ordinary pictures look like to PDQ, so that a hash that resembles many of them is known."""
