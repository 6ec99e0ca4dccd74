"""Diagnostics: links, what flows, how punctual the program is, and which addresses were refused."""
