"""What every floor above stands on: clock, keys, sealing, the vault, headers, outbound traffic."""
