"""Where earlier attempts to post a video went."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Json

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("earlier_posts", Json, nullable=False, server_default="[]"))
