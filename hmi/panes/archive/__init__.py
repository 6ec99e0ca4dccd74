"""The history workspace: what is kept and for how long, long jobs, readings out and in."""
