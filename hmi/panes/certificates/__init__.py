"""Certificates: one's own, those that are believed, and those that nobody has judged yet."""
