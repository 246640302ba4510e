"""Looking uploads up without telling the exchange their hashes, and without holding its list."""
