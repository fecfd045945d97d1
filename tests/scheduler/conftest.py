"""What is remembered of reminders is shown on SQLite and on PostgreSQL."""

from tests.store.servers import database, empty, migrated_file, postgres

__all__ = ["database", "empty", "migrated_file", "postgres"]
