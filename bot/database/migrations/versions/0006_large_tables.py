"""Many finished jobs slow neither a start, which reads the newest runs, nor thinning, which finds the oldest jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    known = sa.column("run_seconds").is_not(None)
    op.create_index(op.f("ix_jobs_completed_at"), "jobs", ["completed_at"], sqlite_where=known, postgresql_where=known)
    op.create_index("ix_jobs_state_state_since", "jobs", ["state", "state_since"])
    op.drop_index("ix_jobs_state", "jobs")
