"""The trend pane: up to eight pens, history and live values on one time axis, gaps where nothing can be trusted."""
