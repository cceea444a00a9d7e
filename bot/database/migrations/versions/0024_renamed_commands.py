"""A mark in a database that version 0.1 has used: its servers are told which commands have new names."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    tables = [sa.table(name) for name in ("guild_settings", "records", "jobs", "consents")]
    if any(connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(each)))) for each in tables):
        marks = sa.table("marks", sa.column("name", sa.String), sa.column("at", Instant))
        op.execute(marks.insert().values(name="upgraded_from_0.1", at=datetime.now(UTC)))
