"""Telling people of alarms beside the screen: every message is kept in the journal before it is sent, until it is."""
