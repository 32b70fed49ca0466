"""People of the networks: names, addresses, positions, their own data."""
