"""The journal: what was alarmed, acknowledged and commanded; SQLite, every commit on the disk before it is believed."""
