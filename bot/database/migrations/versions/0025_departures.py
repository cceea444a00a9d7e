"""What left for Segmind within the last minute, one by one, and by whose clock."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_budget", sa.Column("departures", sa.LargeBinary))
    op.add_column("request_budget", sa.Column("version", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("request_budget", sa.Column("clock_boot", sa.String(36), nullable=False, server_default=""))
    op.add_column("request_budget", sa.Column("clock_ahead", sa.Float(53), nullable=False, server_default="0"))
