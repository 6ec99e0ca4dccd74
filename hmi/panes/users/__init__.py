"""Setting up who may sign in, what roles may do, and the rules of signing in."""
