"""Versions of the configuration: who changed what when, and taking an earlier one up again."""
