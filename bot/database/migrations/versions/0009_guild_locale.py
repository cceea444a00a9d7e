"""The language that a job's card and post speak."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("guild_locale", sa.String(16), nullable=False, server_default="en-US"))
