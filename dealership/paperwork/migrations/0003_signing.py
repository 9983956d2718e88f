"""Keep why there is no signature, refused or absent, and who may take one later.

The triggers of 0002 forbid any UPDATE, and SQLite rebuilds the table for these changes and loses them with it: so
they are taken away at the beginning and installed again at the end, within the transaction of this migration.
"""

from importlib import import_module

from django.db import migrations, models

immutable = import_module("dealership.paperwork.migrations.0002_immutable")


def lift(apps, schema_editor):
    """Drop the triggers but not their function, which those of later tables use too."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in immutable.TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept" + (f" ON {table}" if postgresql else ""))


def keep_refusals(apps, schema_editor):
    apps.get_model("paperwork", "Signature").objects.filter(refused=True).update(unsigned="refused")


def give_refusals_back(apps, schema_editor):
    apps.get_model("paperwork", "Signature").objects.exclude(unsigned="").update(refused=True)


class Migration(migrations.Migration):
    dependencies = [("paperwork", "0002_immutable")]
    operations = [
        migrations.RunPython(lift, immutable.install),
        migrations.RemoveConstraint(model_name="signature", name="paperwork_signature_drawn_or_refused"),
        migrations.RemoveConstraint(model_name="signature", name="paperwork_signed_once_per_role"),
        migrations.AddField(
            model_name="signature",
            name="unsigned",
            field=models.CharField(
                blank=True,
                choices=[("refused", "will not sign"), ("absent", "is not here")],
                default="",
                max_length=16,
                verbose_name="not signed",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(keep_refusals, give_refusals_back),
        migrations.RemoveField(model_name="signature", name="refused"),
        migrations.AlterModelOptions(
            name="signature",
            options={
                "default_permissions": (),
                "ordering": ["signed_at", "pk"],
                "permissions": [("take_signature", "Can let a customer sign a paper")],
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
            },
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(image__isnull=False, reason="", unsigned="")
                | (models.Q(image__isnull=True, unsigned__in=["refused", "absent"]) & ~models.Q(reason="")),
                name="paperwork_signature_drawn_or_why_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unsigned", "")),
                fields=("document", "role"),
                name="paperwork_signed_once_per_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unsigned", ""), _negated=True),
                fields=("document", "role"),
                name="paperwork_unsigned_once_per_role",
            ),
        ),
        migrations.RunPython(immutable.install, lift),
    ]
