"""The public portal: what a person concerned opens."""
