"""Keep who printed what and when, in rows the database itself refuses to change."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

immutable = import_module("dealership.paperwork.migrations.0002_immutable")
TABLE = "paperwork_printlog"


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    trigger = immutable.POSTGRESQL_TRIGGER if postgresql else immutable.SQLITE_TRIGGER
    schema_editor.execute(trigger.format(table=TABLE), params=None)


def remove(apps, schema_editor):
    on_table = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_kept{on_table}")


class Migration(migrations.Migration):
    dependencies = [
        ("paperwork", "0003_signing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="PrintLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "copy",
                    models.CharField(
                        choices=[("customer", "Customer copy"), ("store", "Store copy")],
                        max_length=16,
                        verbose_name="copy",
                    ),
                ),
                ("printed_at", models.DateTimeField(verbose_name="printed")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="paperwork.issueddocument",
                        verbose_name="document",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="printed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "printing",
                "verbose_name_plural": "printings",
                "ordering": ["printed_at", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("copy__in", ["customer", "store"])), name="paperwork_print_copy"
                    )
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
