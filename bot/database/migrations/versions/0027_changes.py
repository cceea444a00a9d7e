"""PostgreSQL tells every process what has changed, by the topics of `bot.database.changes`."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = (
    "cases",
    "decisions",
    "emptied_messages",
    "operator_notices",
    "orphans",
    "reports",
    "reviews",
    "spending",
    "wishes",
)
NOTIFY = """
    CREATE FUNCTION reelcast_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('reelcast', TG_TABLE_NAME);
        RETURN NULL;
    END $$
"""
# Of a job it's the state that it's saved in. That its card shows it, or that its member was told, is no news, and for
# some states no one waits: each commit that tells something waits for those before it.
NOTIFY_STATE = """
    CREATE FUNCTION reelcast_job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.version = OLD.version AND NEW.notice_owed <= OLD.notice_owed THEN
            RETURN NULL;
        END IF;
        IF NEW.state NOT IN ('SUBMITTING', 'UNCONFIRMED', 'PROCESSING', 'POSTING') THEN
            PERFORM pg_notify('reelcast', NEW.state);
        END IF;
        IF NEW.forgotten > 0 THEN
            PERFORM pg_notify('reelcast', 'FORGOTTEN');
        END IF;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(NOTIFY)
    op.execute(NOTIFY_STATE)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION reelcast_changed()"
        )
    op.execute("CREATE TRIGGER deleted AFTER DELETE ON jobs FOR EACH STATEMENT EXECUTE FUNCTION reelcast_changed()")
    op.execute(
        "CREATE TRIGGER changed AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION reelcast_job_changed()"
    )
