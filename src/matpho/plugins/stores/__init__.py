"""The store over SQLAlchemy: SQLite in the home folder by default, PostgreSQL by its address."""
