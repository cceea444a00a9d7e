"""What is learned while working: how long runs take, and the pace that Segmind grants."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("run_seconds", sa.Float(53)))
    op.add_column("request_budget", sa.Column("pace_share", sa.Float(53), nullable=False, server_default="1"))
    op.add_column("request_budget", sa.Column("pace_reset", sa.Float(53), nullable=False, server_default="0"))
