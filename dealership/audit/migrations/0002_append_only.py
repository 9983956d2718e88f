"""Let the database itself refuse everything but appending an event and sealing it once.

An event comes in unsealed; the one change it ever sees gives it its place in the chain. Nothing is deleted or, on
PostgreSQL, truncated; the head of a chain only moves on. Whoever owns the database can take these triggers away: what
he does then is found by `manage.py audit_verify`.

Tests empty their database between them, so tests/conftest.py takes DELETE and TRUNCATE out of what is refused there.
A later migration that rebuilds one of these tables on SQLite (AlterField and a changed constraint do) loses its
triggers and must run `install` again; tests/audit/test_append_only.py fails otherwise.
"""

from django.db import migrations

TABLES = ["audit_event", "audit_chain"]
REFUSAL = "The audit only grows"
KEPT = ["id", "store_id", "act", "about", "number", "by_id", "at", "facts", "nonce", "stamp"]

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION audit_event_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.sequence IS NULL THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND OLD.sequence IS NULL AND NEW.sequence IS NOT NULL
        AND to_jsonb(NEW) - ARRAY['sequence', 'previous', 'hash'] = to_jsonb(OLD) - ARRAY['sequence', 'previous', 'hash']
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{REFUSAL} (audit_event).' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION audit_chain_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.store_id IS NOT DISTINCT FROM OLD.store_id
        AND (NEW.length > OLD.length
             OR NEW.length = OLD.length AND NEW.last_hash = OLD.last_hash AND NEW.stamp = OLD.stamp)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{REFUSAL} (audit_chain).' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL} (%).', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

DROP TRIGGER IF EXISTS audit_event_grows ON audit_event;
CREATE TRIGGER audit_event_grows BEFORE INSERT OR UPDATE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_check();
DROP TRIGGER IF EXISTS audit_chain_grows ON audit_chain;
CREATE TRIGGER audit_chain_grows BEFORE UPDATE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_chain_check();
"""
POSTGRESQL_STAYS = """
DROP TRIGGER IF EXISTS {table}_stays ON {table};
CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse();
DROP TRIGGER IF EXISTS {table}_not_emptied ON {table};
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

SQLITE = [
    f"""
CREATE TRIGGER IF NOT EXISTS audit_event_comes_unsealed BEFORE INSERT ON audit_event WHEN NEW.sequence IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{REFUSAL} (audit_event).'); END
""",
    f"""
CREATE TRIGGER IF NOT EXISTS audit_event_grows BEFORE UPDATE ON audit_event
    WHEN NOT (OLD.sequence IS NULL AND NEW.sequence IS NOT NULL
        AND {" AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)})
    BEGIN SELECT RAISE(ABORT, '{REFUSAL} (audit_event).'); END
""",
    f"""
CREATE TRIGGER IF NOT EXISTS audit_chain_grows BEFORE UPDATE ON audit_chain
    WHEN NOT (NEW.id IS OLD.id AND NEW.store_id IS OLD.store_id AND (NEW.length > OLD.length
        OR NEW.length = OLD.length AND NEW.last_hash = OLD.last_hash AND NEW.stamp = OLD.stamp))
    BEGIN SELECT RAISE(ABORT, '{REFUSAL} (audit_chain).'); END
""",
]
SQLITE_STAYS = """
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{refusal} ({table}).'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement, params=None)
    keep(schema_editor)


def keep(schema_editor):
    """Refuse to delete and to empty."""
    statement = POSTGRESQL_STAYS if schema_editor.connection.vendor == "postgresql" else SQLITE_STAYS
    for table in TABLES:
        schema_editor.execute(statement.format(table=table, refusal=REFUSAL), params=None)


def let_go(schema_editor):
    """Let the tables be emptied again: for test databases alone."""
    on_table = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for trigger in ["stays", "not_emptied"]:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{trigger}" + (f" ON {table}" if on_table else ""))


def remove(apps, schema_editor):
    let_go(schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        for name in ["audit_event", "audit_chain"]:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_grows ON {name}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}_check()")
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_refuse()")
        return
    for trigger in ["audit_event_comes_unsealed", "audit_event_grows", "audit_chain_grows"]:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
