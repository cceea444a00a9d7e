"""What someone at the machine wants done with a job."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wishes",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("taken_at", Instant),
        sa.Column("answer", sa.Text),
    )
