"""Commands: the one gate to the plant, and what stands before it: authority, lock-out tags, rates, a second person."""
