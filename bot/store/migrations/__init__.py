"""The steps from an empty database to today's tables, in order; Alembic walks them (``bot.store.schema``)."""
