"""Setting up who is told of alarms and how they sound, and what became of the messages."""
