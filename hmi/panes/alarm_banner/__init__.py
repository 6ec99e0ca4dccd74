"""The alarm banner: on every screen, never covered, the most urgent unacknowledged alarms and how many stand."""
