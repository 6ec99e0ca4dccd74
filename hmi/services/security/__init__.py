"""Who acts: accounts and their passwords, the sessions of people, and what they may change of each other."""
