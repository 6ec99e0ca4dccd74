"""Files of a profile: schemas, migrations and named queries. Every function here blocks and runs on its own thread."""
