"""What tells a job's card from the card of another bot with the same token."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("card_mark", sa.Integer, nullable=False, server_default="0"))
