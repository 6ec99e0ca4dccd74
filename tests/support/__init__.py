"""What several tests stand on: small plants, fakes that keep the real contracts, servers in child processes."""
