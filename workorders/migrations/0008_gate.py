"""The gate pass becomes the pass of a visit: it has an end, says who made it void, and the manager's word stands on it."""

import datetime

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The papers of older passes name no end; a month lets every car that stands in the house paid drive out on its own.
OLD_PASS = datetime.timedelta(days=30)
REPLACED = "另有出门证"  # two orders of one visit had a pass each


def give_passes_to_visits(apps, schema_editor):
    """Each pass goes to the visit of its order; of several the used one stays, else the newest."""
    kept = {}
    passes = apps.get_model("workorders", "GatePass").objects.select_related("settlement__order")
    for one in list(passes.order_by("used_at", "issued_at", "pk")):
        one.visit_id = one.settlement.order.visit_id
        one.valid_until = max(filter(None, [one.issued_at + OLD_PASS, one.used_at and one.used_at + OLD_PASS]))
        if one.voided_at is not None:
            one.void_reason, one.used_at, one.used_by_id = "作废", None, None
        one.save()
        if one.voided_at is None:
            other = kept.get(one.visit_id)
            kept[one.visit_id], lost = (one, other) if rank(one) > rank(other) else (other, one)
            replace(lost)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else its table cannot be altered in this transaction
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def rank(one):
    return (one is not None, one is not None and one.used_at is not None, one and (one.used_at or one.issued_at))


def replace(lost):
    if lost is not None:
        used = f"（{lost.used_at:%Y-%m-%d %H:%M} UTC 已使用）" if lost.used_at else ""
        lost.voided_at, lost.void_reason = lost.used_at or lost.issued_at, REPLACED + used
        lost.used_at = lost.used_by_id = None
        lost.save()


def give_passes_to_settlements(apps, schema_editor):
    """The way back: a pass belongs to the first settlement of its visit."""
    settlements = apps.get_model("workorders", "Settlement").objects
    for one in list(apps.get_model("workorders", "GatePass").objects.all()):
        one.settlement = settlements.filter(order__visit=one.visit_id).order_by("posted_at", "pk").first()
        one.save()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def person(label):
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to=settings.AUTH_USER_MODEL, verbose_name=label,
    )  # fmt: skip


def moment(label):
    return models.DateTimeField(blank=True, null=True, verbose_name=label)


class Migration(migrations.Migration):
    dependencies = [
        ("paperwork", "0005_workshop"),
        ("reception", "0005_shift_faults"),
        ("workorders", "0007_money"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="gatepass", name="gatepass_one_valid"),
        migrations.AddField("gatepass", "visit", models.ForeignKey(
            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="gate_passes", to="reception.visit",
            verbose_name="visit",
        )),
        migrations.AddField("gatepass", "valid_until", models.DateTimeField(null=True, verbose_name="valid until")),
        migrations.AddField("gatepass", "voided_by", person("voided by")),
        migrations.AddField(
            "gatepass", "void_reason", models.CharField(blank=True, default="", max_length=200, verbose_name="why void")
        ),
        migrations.AddField("gatepass", "unpaid_at", moment("let go unpaid at")),
        migrations.AddField("gatepass", "unpaid_by", person("let go unpaid by")),
        migrations.AddField(
            "gatepass", "unpaid_fen",
            models.BigIntegerField(blank=True, null=True, verbose_name="owed when let go (fen)"),
        ),
        migrations.AddField(
            "gatepass", "unpaid_reason",
            models.CharField(blank=True, default="", max_length=200, verbose_name="why let go unpaid"),
        ),
        migrations.AlterField("gatepass", "settlement", models.ForeignKey(
            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="gate_passes",
            to="workorders.settlement",
        )),
        migrations.RunPython(give_passes_to_visits, give_passes_to_settlements),
        migrations.RemoveField("gatepass", "settlement"),
        migrations.AlterField("gatepass", "visit", models.ForeignKey(
            on_delete=django.db.models.deletion.PROTECT, related_name="gate_passes", to="reception.visit",
            verbose_name="visit",
        )),
        migrations.AlterField("gatepass", "valid_until", models.DateTimeField(verbose_name="valid until")),
        migrations.AlterModelOptions(
            name='gatepass',
            options={'default_permissions': ['view'], 'ordering': ['-issued_at', '-pk'], 'permissions': [('release_unpaid', 'can let cars go that are not paid')], 'verbose_name': 'gate pass', 'verbose_name_plural': 'gate passes'},
        ),
        migrations.AddField(
            model_name='workshoprules',
            name='gate_pass_hours',
            field=models.PositiveIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='a gate pass is valid for … hours'),
        ),
        migrations.AlterField(
            model_name='gatepass',
            name='paper',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gate_pass', to='paperwork.issueddocument', verbose_name='paper'),
        ),
        migrations.AlterField(
            model_name='gatepass',
            name='unpaid_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='why let go unpaid'),
        ),
        migrations.AlterField(
            model_name='gatepass',
            name='used_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='used by'),
        ),
        migrations.AlterField(
            model_name='gatepass',
            name='void_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='why void'),
        ),
        migrations.AddIndex(
            model_name='gatepass',
            index=models.Index(fields=['used_at'], name='gatepass_used'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('visit',), name='gatepass_one_live'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), ('used_at__isnull', True), _connector='OR'), name='gatepass_used_or_voided'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True)), models.Q(('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='gatepass_void_says_why'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('used_at__isnull', True), ('used_by__isnull', True)), models.Q(('used_at__isnull', False), ('used_at__lt', models.F('valid_until')), ('used_by__isnull', False)), _connector='OR'), name='gatepass_used_in_time_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('issued_at'))), name='gatepass_valid_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='gatepass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('unpaid_at__isnull', True), ('unpaid_by__isnull', True), ('unpaid_fen__isnull', True), ('unpaid_reason', '')), models.Q(('unpaid_at__isnull', False), ('unpaid_by__isnull', False), ('unpaid_fen__gt', 0), models.Q(('unpaid_reason', ''), _negated=True)), _connector='OR'), name='gatepass_unpaid_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='workshoprules',
            constraint=models.CheckConstraint(condition=models.Q(('gate_pass_hours__gte', 1)), name='workshoprules_gate_pass'),
        ),
    ]
