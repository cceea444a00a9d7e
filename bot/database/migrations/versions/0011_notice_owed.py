"""Whether a member still has to be told in private that the video of a job could not be posted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("notice_owed", sa.Integer, nullable=False, server_default="0"))
    owed = sa.column("notice_owed") > 0
    op.create_index(op.f("ix_jobs_notice_owed"), "jobs", ["notice_owed"], sqlite_where=owed, postgresql_where=owed)
