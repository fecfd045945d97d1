"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    ${"\n".join(line for line in (upgrades or "pass").splitlines() if "Alembic" not in line).strip()}
