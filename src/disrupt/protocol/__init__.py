"""Wire formats of the exchange, used by both ends; no network here."""
