"""Who hosts an address: its network, its content delivery network, its registrar, its pictures."""
