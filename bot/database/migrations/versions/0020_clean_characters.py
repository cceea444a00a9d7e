"""What the images of characters show; of those that were saved before copies were clean it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cast_images", sa.Column("fingerprint", sa.String(32)))
