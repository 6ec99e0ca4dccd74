"""The sound of alarms: which tone is due is decided here, playing it is another process's work."""
