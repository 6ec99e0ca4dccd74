"""The whole configuration as one file and back: everything but secrets, in one step or not at all."""
