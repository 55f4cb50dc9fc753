"""The steps from an empty file to today's schema, run by Alembic from within the program."""
