"""Let the database itself refuse to change issued papers and signatures.

PostgreSQL refuses UPDATE and DELETE of single rows (TRUNCATE, used by the test runner, is no row trigger's matter).
SQLite refuses UPDATE only: there, emptying a test database is a plain DELETE and looks like any other. Deleting
through the models is refused on both (`models.Kept`).

A later migration that rebuilds one of these tables on SQLite (AlterField does) loses its trigger and must run
`install` again; tests/paperwork/test_immutable.py fails otherwise.
"""

from django.db import migrations

TABLES = ["paperwork_issueddocument", "paperwork_signature"]

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION paperwork_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An issued paper is never changed (%).', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION paperwork_refuse_change()
"""
SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'An issued paper is never changed ({table}).'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
        statement = POSTGRESQL_TRIGGER
    else:
        statement = SQLITE_TRIGGER
    for table in TABLES:
        schema_editor.execute(statement.format(table=table), params=None)


def remove(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS paperwork_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("paperwork", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
