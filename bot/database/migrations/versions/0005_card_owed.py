"""Whether a job's card still has to show what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("card_owed", sa.Integer, nullable=False, server_default="0"))
    owed = sa.column("card_owed") > 0
    op.create_index(op.f("ix_jobs_card_owed"), "jobs", ["card_owed"], sqlite_where=owed, postgresql_where=owed)
