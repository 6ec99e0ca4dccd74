"""Alarms at work: what detects them, what keeps their states, and what tells the rest of the program of them."""
