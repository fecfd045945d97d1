"""``python -m bot.store.migrations.draft MESSAGE``: the next step, drafted from the tables, to be read by a person."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from bot.store import tables  # noqa: F401 - the tables to compare with
from bot.store.database import Database
from bot.store.schema import alembic_config, migrate, revisions


def draft(message: str) -> None:
    """Write the step from the last revision to the tables as they are in the code."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'draft.db'}")
        migrate(database)
        config = alembic_config()
        with database.read() as connection:
            config.attributes.update(connection=connection, alters=bool(revisions()))
            command.revision(config, message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04}")
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004 - the program and its one argument
        sys.exit('say what changes: make migration m="a photo has a caption"')
    draft(sys.argv[1].strip())
