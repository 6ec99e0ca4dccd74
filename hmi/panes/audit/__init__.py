"""The audit record on screen: its rows, what it is proven by, its checks, and how it is kept."""
