"""A strip below the alarm banner in which people sign in; the plant and its alarms stay in sight."""
