"""Who was let to Segmind of late is looked up for every turn of the queue."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_submitted_at", "jobs", ["submitted_at"])
