"""The HMI, in layers: __main__ > app > shell | panes > ui > services > config > storage > domain."""
