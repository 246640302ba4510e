"""The complaint to the regulator: what a service did not do, its proofs, and the person's say in it."""
