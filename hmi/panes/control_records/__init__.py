"""Setup of controls: what can be operated, by which tags, within which limits and with whose consent."""
