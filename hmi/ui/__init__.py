"""The toolkit that panes are made of: theme, symbols, widgets, tasks; qasync lives in tasks.py and nowhere else."""
