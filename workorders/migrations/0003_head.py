import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def what_signing_asked_for(apps, schema_editor):
    """Orders signed so far had everything explained and the phone checked, or the form was refused."""
    orders = apps.get_model("workorders", "WorkOrder").objects.exclude(authorisation=None)
    rows = apps.get_model("workorders", "Authorisation").objects
    for order in orders.select_related("authorisation"):
        paper = order.authorisation
        at = paper.issued_at
        orders.filter(pk=order.pk).update(
            methods_told_at=at, delivery_told_at=at, calls_told_at=at, items_told_at=at, phone_checked_at=at,
            payment_method=order.payment_method or "cash", old_parts=order.old_parts or "dispose",
        )  # fmt: skip
        signed = paper.signatures.filter(image__isnull=False).order_by("pk").first()
        if signed is not None:
            rows.create(
                order=order, paper=paper, way="signature", name=signed.signer_name[:60], by=signed.taken_by,
                at=signed.signed_at,
            )  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('paperwork', '0002_immutable'),
        ('reception', '0002_walk_ins'),
        ('staff', '0002_absence'),
        ('workorders', '0002_lines'),
        ('workshop', '0002_bay_reservations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('signature', 'signed'), ('phone', 'authorised by phone'), ('refused', 'would not sign')], max_length=12, verbose_name='way')),
                ('name', models.CharField(max_length=60, verbose_name='who')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='number called')),
                ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='called at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='superseded at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='workorders.workorder', verbose_name='order')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='authorised', to='paperwork.issueddocument', verbose_name='paper')),
                ('witness', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='witness')),
            ],
            options={
                'verbose_name': 'authorisation',
                'verbose_name_plural': 'authorisations',
                'ordering': ['order', 'at', 'pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['signature', 'phone', 'refused'])), name='authorisation_way_known'), models.CheckConstraint(condition=models.Q(('way', 'signature'), models.Q(('witness__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('witness', models.F('by')), _negated=True)), _connector='OR'), name='authorisation_witnessed_where_nobody_signed'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'phone'), _negated=True), models.Q(('called_at__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='authorisation_by_phone_says_when'), models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('order',), name='authorisation_one_counts')],
            },
        ),
        migrations.CreateModel(
            name='HeadChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('before', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='before')),
                ('after', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='after')),
                ('page', models.CharField(blank=True, max_length=32, verbose_name='page')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='head_changes', to='workorders.workorder', verbose_name='order')),
            ],
            options={
                'verbose_name': 'change of an order',
                'verbose_name_plural': 'changes of orders',
                'ordering': ['order', 'version', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('order', 'version', 'field'), name='headchange_once_per_version')],
            },
        ),
        migrations.AddField(
            model_name='workorder',
            name='calls_told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='told at that we call before further work'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='checked_phone',
            field=models.CharField(blank=True, max_length=20, verbose_name='phone number checked'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='copies_given_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='customer copies handed over at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='copies_given_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='customer copies handed over by'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='delivery_told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='delivery procedure told at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='items_told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='work, price and time read out at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='methods_told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ways to pay told at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='no_phone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='has no phone, said at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='other_contact',
            field=models.CharField(blank=True, max_length=60, verbose_name='other contact'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='other_phone',
            field=models.CharField(blank=True, max_length=20, verbose_name='phone of the other contact'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='phone_checked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='phone number checked at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='read_back_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='wishes read back at'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='estimate valid until'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='version',
            field=models.PositiveIntegerField(default=0, verbose_name='version'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='wash_wanted',
            field=models.BooleanField(default=True, verbose_name='car wash wanted'),
        ),
        migrations.RunPython(
            code=what_signing_asked_for,
            reverse_code=migrations.RunPython.noop,
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), models.Q(('calls_told_at__isnull', False), ('delivery_told_at__isnull', False), ('items_told_at__isnull', False), ('methods_told_at__isnull', False), models.Q(('payment_method', ''), _negated=True), models.Q(('old_parts', ''), _negated=True)), _connector='OR'), name='workorder_explained_before_work'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('copies_given_at__isnull', True), ('copies_given_by__isnull', True)), models.Q(('copies_given_at__isnull', False), ('copies_given_by__isnull', False)), _connector='OR'), name='workorder_copies_given_by_somebody'),
        ),
    ]
