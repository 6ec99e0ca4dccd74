"""The main window around the panes; it is handed them by app and knows none."""
