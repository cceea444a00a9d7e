"""The reasons of decisions, folded for the search as the prompts are."""

import sqlalchemy as sa
from alembic import op

from bot.database.statements import search_key
from bot.database.types import Prose

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decisions", sa.Column("reason_key", Prose, nullable=False, server_default=""))
    decisions = sa.table("decisions", sa.column("id"), sa.column("reason"), sa.column("reason_key", Prose))
    connection = op.get_bind()
    # Neither database folds as the search does.
    given = connection.execute(sa.select(decisions.c.id, decisions.c.reason).where(decisions.c.reason != "")).all()
    for row in given:
        written = sa.update(decisions).where(decisions.c.id == row.id).values(reason_key=search_key(row.reason))
        connection.execute(written)
