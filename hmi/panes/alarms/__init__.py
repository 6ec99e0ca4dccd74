"""The alarm summary: what stands, worst first, to be acknowledged."""
