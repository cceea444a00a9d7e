"""Options other than duration and aspect ratio, in jobs and records."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Json

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("jobs", "records"):
        op.add_column(table, sa.Column("options", Json, nullable=False, server_default="{}"))
