"""Setup of alarms: every record with all of its fields, edited one or many at a time, approved, proposed, taken in.

What is edited is kept beside the records until it is saved in one step or reverted; it outlives the pane and the
window, so that choosing another record or closing the program loses nothing.
"""
