"""What Alembic executes for every upgrade and draft: on the connection that ``bot.store.schema`` hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from bot.store import tables

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

# A step that is written must mean the same for ever, so it names plain column types and nothing of ours.
PLAIN: dict[type[object], str] = {AutoString: "sa.String()", tables.Moment: "sa.DateTime()"}


def render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """How a draft writes one of our column types; False leaves it to Alembic."""
    del autogen
    if kind != "type":
        return False
    return PLAIN.get(type(item)) or False


# "alters": a step that changes tables is drafted for SQLite, which can only copy them over.
# The transaction is the caller's, and both databases undo a change of tables with it. No logging is set up here:
# ``fileConfig`` would silence the program's own loggers.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=bool(context.config.attributes.get("alters")),
    render_item=render,
)
context.run_migrations()
