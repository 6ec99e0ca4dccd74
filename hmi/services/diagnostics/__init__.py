"""How the program does, told to machines and to people: figures, readiness, the log, crash files, the support bundle.

Looks and never acts; what it tells holds no secret and no reading.
"""
