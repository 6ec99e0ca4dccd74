"""The shift: what is handed over, people's notes, and what a user missed."""
