"""By which id the request history knows a job's request, and an index for what runs cost."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("history_id", sa.Text))
    op.add_column("jobs", sa.Column("history_key", sa.Text))
    jobs = sa.table("jobs", sa.column("id"), sa.column("request_id"), sa.column("history_key"))
    connection = op.get_bind()
    known: set[str] = set()
    query = sa.select(jobs.c.id, jobs.c.request_id).where(jobs.c.request_id.is_not(None)).order_by(jobs.c.id)
    for row in connection.execute(query).all():
        key = row.request_id.lower()
        for sign in ("urn:uuid:", "{", "}", "-"):
            key = key.replace(sign, "")
        if key not in known:  # one request that two jobs were given stays with the older
            known.add(key)
            connection.execute(sa.update(jobs).where(jobs.c.id == row.id).values(history_key=key))
    op.create_index("ix_jobs_history_key", "jobs", ["history_key"], unique=True)
    charged = sa.text("cost_usd IS NOT NULL")
    op.create_index(
        "ix_jobs_model_duration_completed_at",
        "jobs",
        ["model", "duration", "completed_at"],
        sqlite_where=charged,
        postgresql_where=charged,
    )
