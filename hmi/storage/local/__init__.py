"""The configuration in roams.db: SQLite through SQLAlchemy, with a version and one migration a step."""
