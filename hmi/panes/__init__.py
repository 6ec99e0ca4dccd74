"""The panes: each folder one pane, presenter.py with every fact and no Qt, view.py with widgets and no facts."""
