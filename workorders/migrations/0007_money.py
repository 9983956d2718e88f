"""One sheet for each payer of an order, its lines, and the cashier's desk; what is posted, the database keeps as it is.

On SQLite a later migration that alters one of TABLES loses its trigger: `lift` first and `install` again.
"""

from zoneinfo import ZoneInfo

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

TABLES = [
    "settlement", "settlementline", "priceapproval", "payment", "refund", "invoice", "dayclose", "daycloseline",
    "claimreceipt",
]  # fmt: skip
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION workorders_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was posted is never changed (%).', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION workorders_refuse_change()
"""
SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'What was posted is never changed ({table}).'); END
"""


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
    statement = POSTGRESQL_TRIGGER if postgresql else SQLITE_TRIGGER
    for table in TABLES:
        schema_editor.execute(statement.format(table=f"workorders_{table}"), params=None)


def lift(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        of = f" ON workorders_{table}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS workorders_{table}_kept{of}")


def counting(order):
    """Return an order's lines that cost something: accepted, and not waiting for a diagnosis."""

    def pending(labour):
        return labour is not None and labour.fault == "undetermined" and labour.quoted_at is None

    labour = [line for line in order.labour_lines.all() if line.decision == "accepted" and not pending(line)]
    parts = order.part_lines.select_related("labour", "part")
    return labour, [line for line in parts if line.decision == "accepted" and not pending(line.labour)]


def post_what_was_settled(apps, schema_editor):
    """Until now the one sheet of an order was the customer's, over everything."""
    Settlement, Balance = apps.get_model("workorders", "Settlement"), apps.get_model("workorders", "Balance")
    Line = apps.get_model("workorders", "SettlementLine")
    for sheet in Settlement.objects.select_related("sheet", "order").iterator(chunk_size=500):
        Settlement._base_manager.filter(pk=sheet.pk).update(posted_by=sheet.sheet.issued_by_id)
        Balance.objects.create(
            order_id=sheet.order_id, payer="customer", sheet=sheet, charged_fen=sheet.total_fen, paid_fen=sheet.paid_fen
        )
        labour, parts = counting(sheet.order)
        lines = [
            Line(
                settlement=sheet, kind="labour", labour=line, code=line.operation.code, description=line.description,
                quantity=line.hours, unit_fen=line.rate_fen, amount_fen=line.amount_fen, net_fen=line.amount_fen,
            )
            for line in labour
        ] + [
            Line(
                settlement=sheet, kind="part", part=line, code=line.part.number, description=line.description,
                quantity=line.quantity, unit_fen=line.unit_price_fen, amount_fen=line.amount_fen, net_fen=line.amount_fen,
            )
            for line in parts
        ]  # fmt: skip
        Line.objects.bulk_create(lines)
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table with checks still to be made


def keep_what_was_agreed(apps, schema_editor):
    """What stands on an order that was signed is what the customer agreed to: lines did not change after it."""
    WorkOrder = apps.get_model("workorders", "WorkOrder")
    for order in WorkOrder.objects.exclude(state__in=["draft", "cancelled"]).iterator(chunk_size=500):
        labour, parts = counting(order)
        left = {line.pk: line.share_fen for line in labour if line.share_fen is not None}
        for line in [*labour, *parts]:
            part = hasattr(line, "unit_price_fen")
            of = line.pk if not part else (line.labour_id if not line.payer else None)
            pays = line.payer or (line.labour.payer if part and line.labour else "customer")
            others = 0 if pays == "customer" else min(line.amount_fen, left.get(of, line.amount_fen))
            if of in left:
                left[of] -= others
            type(line).objects.filter(pk=line.pk).update(agreed_fen=line.amount_fen - others)


def put_payments_into_shifts(apps, schema_editor):
    """Each payment belongs to its cashier's day in the store's zone; those days were never counted, so stay open."""
    Payment, Shift = apps.get_model("workorders", "Payment"), apps.get_model("workorders", "CashShift")
    for payment in Payment.objects.select_related("settlement__order__store").order_by("at", "pk").iterator(500):
        store = payment.settlement.order.store
        day = payment.at.astimezone(ZoneInfo(store.time_zone)).date()
        shift, _new = Shift.objects.get_or_create(
            store=store, cashier_id=payment.by_id, day=day, defaults={"opened_at": payment.at}
        )
        Payment._base_manager.filter(pk=payment.pk).update(shift=shift)
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0006_busy_threshold'),
        ('paperwork', '0006_day_close'),
        ('staff', '0003_workshop'),
        ('staff', '__first__'),
        ('workorders', '0006_quality_and_delivery'),
    ]

    operations = [
        migrations.AddField(
            model_name='labourline',
            name='agreed_fen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='what the customer agreed to pay of it (fen)'),
        ),
        migrations.AddField(
            model_name='partline',
            name='agreed_fen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='what the customer agreed to pay of it (fen)'),
        ),
        migrations.AddField(
            model_name='workshoprules',
            name='discount_advisor',
            field=models.PositiveIntegerField(default=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='discounts of an advisor up to … %'),
        ),
        migrations.AddField(
            model_name='workshoprules',
            name='discount_manager',
            field=models.PositiveIntegerField(default=20, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='discounts of a manager up to … %'),
        ),
        migrations.AddConstraint(
            model_name='workshoprules',
            constraint=models.CheckConstraint(condition=models.Q(('discount_advisor__lte', models.F('discount_manager')), ('discount_manager__lte', 100)), name='workshoprules_discounts', violation_error_message='A manager may give as much discount as an advisor, or more.'),
        ),
        migrations.CreateModel(
            name='CashShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_shifts', to='staff.store', verbose_name='store')),
                ('cashier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cashier')),
                ('day', models.DateField(verbose_name='day')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='number of the day')),
                ('float_fen', models.BigIntegerField(default=0, verbose_name='float (fen)')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
            ],
            options={
                'verbose_name': 'cash shift',
                'verbose_name_plural': 'cash shifts',
                'ordering': ['-day', 'number', 'pk'],
                'permissions': [('close_day', "can count and close a day's cash")],
                'default_permissions': ['view'],
                'constraints': [models.UniqueConstraint(fields=('store', 'cashier', 'day', 'number'), name='cashshift_numbered'), models.CheckConstraint(condition=models.Q(('float_fen__gte', 0)), name='cashshift_float_not_negative')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='settlement',
            name='settlement_adds_up',
        ),
        migrations.RemoveConstraint(
            model_name='settlement',
            name='settlement_never_overpaid',
        ),
        migrations.AlterModelOptions(
            name='settlement',
            options={'default_permissions': ['view'], 'ordering': ['-posted_at', 'pk'], 'permissions': [('reverse_settlement', 'can reverse settlements')], 'verbose_name': 'settlement', 'verbose_name_plural': 'settlements'},
        ),
        migrations.AddField(
            model_name='settlement',
            name='discount_fen',
            field=models.BigIntegerField(default=0, verbose_name='discount (fen)'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='payer',
            field=models.CharField(choices=[('customer', 'customer'), ('manufacturer', 'manufacturer'), ('insurer', 'insurer'), ('goodwill', 'store (goodwill)')], default='customer', max_length=12, verbose_name='payer'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='settlement',
            name='posted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posted by'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='reverses',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='workorders.settlement', verbose_name='reverses'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='sheet no.'),
        ),
        migrations.AlterField(
            model_name='settlement',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='workorders.workorder', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='settlement',
            name='sheet',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='paperwork.issueddocument', verbose_name='sheet'),
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='workorders.workorder', verbose_name='order')),
                ('payer', models.CharField(choices=[('customer', 'customer'), ('manufacturer', 'manufacturer'), ('insurer', 'insurer'), ('goodwill', 'store (goodwill)')], max_length=12, verbose_name='payer')),
                ('sheet', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='balance', to='workorders.settlement', verbose_name='sheet that counts')),
                ('charged_fen', models.BigIntegerField(default=0, verbose_name='charged (fen)')),
                ('paid_fen', models.BigIntegerField(default=0, verbose_name='paid (fen)')),
            ],
            options={
                'verbose_name': 'balance',
                'verbose_name_plural': 'balances',
                'ordering': ['order', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('order', 'payer'), name='balance_one_per_payer'), models.CheckConstraint(condition=models.Q(('payer__in', ['customer', 'manufacturer', 'insurer', 'goodwill'])), name='balance_payer_known'), models.CheckConstraint(condition=models.Q(('charged_fen__gte', 0), ('paid_fen__gte', 0)), name='balance_not_negative'), models.CheckConstraint(condition=models.Q(('sheet__isnull', False), ('charged_fen', 0), _connector='OR'), name='balance_charged_by_a_sheet')],
            },
        ),
        migrations.CreateModel(
            name='SettlementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='workorders.settlement', verbose_name='settlement')),
                ('kind', models.CharField(choices=[('labour', 'labour'), ('part', 'part')], max_length=6, verbose_name='kind')),
                ('labour', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.labourline')),
                ('part', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.partline')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('description', models.CharField(max_length=260, verbose_name='description')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='hours or pieces')),
                ('unit_fen', models.BigIntegerField(verbose_name='each (fen)')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount (fen)')),
                ('discount_fen', models.BigIntegerField(default=0, verbose_name='discount (fen)')),
                ('net_fen', models.BigIntegerField(verbose_name='to pay (fen)')),
            ],
            options={
                'verbose_name': 'line of a settlement',
                'verbose_name_plural': 'lines of settlements',
                'ordering': ['settlement', 'pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('net_fen', django.db.models.expressions.CombinedExpression(models.F('amount_fen'), '-', models.F('discount_fen')))), name='settlementline_adds_up'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'labour'), ('labour__isnull', False), ('part__isnull', True)), models.Q(('kind', 'part'), ('labour__isnull', True), ('part__isnull', False)), _connector='OR'), name='settlementline_is_labour_or_part')],
            },
        ),
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='discounts', to='workorders.workorder', verbose_name='order')),
                ('on', models.CharField(choices=[('labour', 'labour'), ('parts', 'parts')], max_length=6, verbose_name='on')),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='percent')),
                ('amount_fen', models.BigIntegerField(blank=True, null=True, verbose_name='amount (fen)')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('allowed_percent', models.PositiveSmallIntegerField(verbose_name='allowed (%)')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('at', models.DateTimeField(verbose_name='given at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'discount',
                'verbose_name_plural': 'discounts',
                'ordering': ['order', 'pk'],
                'permissions': [('give_discount', 'can give discounts'), ('give_large_discount', "can give the manager's discounts")],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('on__in', ['labour', 'parts'])), name='discount_on_known'), models.CheckConstraint(condition=models.Q(models.Q(('amount_fen__isnull', True), ('percent__gt', 0), ('percent__lte', 100)), models.Q(('amount_fen__gt', 0), ('percent__isnull', True)), _connector='OR'), name='discount_in_percent_or_fen'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='discount_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='discount_taken_back_by_somebody'), models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('order', 'on'), name='discount_one_of_each')],
            },
        ),
        migrations.CreateModel(
            name='PriceApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_approvals', to='workorders.workorder', verbose_name='order')),
                ('agreed_fen', models.BigIntegerField(verbose_name='agreed to (fen)')),
                ('total_fen', models.BigIntegerField(verbose_name='approved up to (fen)')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'approval of a price',
                'verbose_name_plural': 'approvals of prices',
                'ordering': ['order', 'pk'],
                'permissions': [('approve_price', 'can approve a price beyond what was agreed')],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('total_fen__gt', models.F('agreed_fen'))), name='priceapproval_is_for_more'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='priceapproval_says_why')],
            },
        ),
        migrations.RunPython(post_what_was_settled, migrations.RunPython.noop),
        migrations.RunPython(keep_what_was_agreed, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='settlement',
            name='paid_fen',
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('total_fen', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('labour_fen'), '+', models.F('parts_fen')), '-', models.F('discount_fen')))), name='settlement_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('payer__in', ['customer', 'manufacturer', 'insurer', 'goodwill'])), name='settlement_payer_known'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discount_fen__gte', 0), ('labour_fen__gte', 0), ('parts_fen__gte', 0), ('reverses__isnull', True), ('reason', ''), ('total_fen__gte', 0)), models.Q(('discount_fen__lte', 0), ('labour_fen__lte', 0), ('parts_fen__lte', 0), ('reverses__isnull', False), ('total_fen__lte', 0), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='settlement_or_its_reversal'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('payer', 'customer'), models.Q(('call_from__isnull', True), ('call_until__isnull', True)), _connector='OR'), name='settlement_calls_the_customer'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', True)), fields=('order', 'payer', 'round'), name='settlement_once_a_round'),
        ),
        migrations.AlterModelOptions(
            name='payment',
            options={'default_permissions': ['view'], 'ordering': ['at', 'pk'], 'verbose_name': 'payment', 'verbose_name_plural': 'payments'},
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_method_known',
        ),
        migrations.AddField(
            model_name='payment',
            name='deposit_of',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.appointment', verbose_name='deposit of'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='method',
            field=models.CharField(choices=[('cash', 'cash'), ('card', 'card'), ('wechat', 'WeChat Pay'), ('alipay', 'Alipay'), ('transfer', 'bank transfer'), ('deposit', 'deposit')], max_length=12, verbose_name='method'),
        ),
        migrations.AddField(
            model_name='payment',
            name='shift',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='workorders.cashshift'),
        ),
        migrations.RunPython(put_payments_into_shifts, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['cash', 'card', 'wechat', 'alipay', 'transfer', 'deposit'])), name='payment_method_known'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deposit_of__isnull', False), ('method', 'deposit'), ('shift__isnull', True)), models.Q(models.Q(('method', 'deposit'), _negated=True), ('deposit_of__isnull', True), ('shift__isnull', False)), _connector='OR'), name='payment_in_one_shift_or_a_deposit'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('change_fen', 0), ('method', 'cash'), _connector='OR'), name='payment_change_is_cash'),
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='workorders.payment', verbose_name='payment')),
                ('method', models.CharField(choices=[('cash', 'cash'), ('card', 'card'), ('wechat', 'WeChat Pay'), ('alipay', 'Alipay'), ('transfer', 'bank transfer')], max_length=12, verbose_name='method')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount (fen)')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('request_key', models.UUIDField(unique=True)),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='workorders.cashshift', verbose_name='shift')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'ordering': ['at', 'pk'],
                'permissions': [('refund_credit', 'can give back what was paid too much'), ('refund_payment', 'can give back any payment')],
                'default_permissions': ['view'],
                'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['cash', 'card', 'wechat', 'alipay', 'transfer'])), name='refund_method_known'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='refund_positive'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='refund_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='workorders.settlement', verbose_name='settlement')),
                ('number', models.CharField(max_length=40, verbose_name='invoice number')),
                ('title', models.CharField(max_length=120, verbose_name='invoice title')),
                ('tax_number', models.CharField(blank=True, max_length=20, verbose_name='tax number')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.cashshift', verbose_name='shift')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
                'ordering': ['at', 'pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='invoice_has_number_and_title')],
            },
        ),
        migrations.CreateModel(
            name='DayClose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='close', to='workorders.cashshift', verbose_name='shift')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='day_close', to='paperwork.issueddocument', verbose_name='paper')),
                ('expected_fen', models.BigIntegerField(verbose_name='cash expected (fen)')),
                ('counted_fen', models.BigIntegerField(verbose_name='cash counted (fen)')),
                ('difference_fen', models.BigIntegerField(verbose_name='difference (fen)')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'day close',
                'verbose_name_plural': 'day closes',
                'ordering': ['-at'],
                'default_permissions': ['view'],
                'constraints': [models.CheckConstraint(condition=models.Q(('difference_fen', django.db.models.expressions.CombinedExpression(models.F('counted_fen'), '-', models.F('expected_fen')))), name='dayclose_adds_up'), models.CheckConstraint(condition=models.Q(('counted_fen__gte', 0)), name='dayclose_counted_not_negative'), models.CheckConstraint(condition=models.Q(('difference_fen', 0), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dayclose_says_why_it_differs')],
            },
        ),
        migrations.CreateModel(
            name='DayCloseLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('close', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='workorders.dayclose', verbose_name='day close')),
                ('method', models.CharField(choices=[('cash', 'cash'), ('card', 'card'), ('wechat', 'WeChat Pay'), ('alipay', 'Alipay'), ('transfer', 'bank transfer')], max_length=12, verbose_name='method')),
                ('payments_fen', models.BigIntegerField(verbose_name='taken (fen)')),
                ('refunds_fen', models.BigIntegerField(verbose_name='given back (fen)')),
            ],
            options={
                'verbose_name': 'line of a day close',
                'verbose_name_plural': 'lines of day closes',
                'ordering': ['close', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('close', 'method'), name='daycloseline_one_per_method'), models.CheckConstraint(condition=models.Q(('method__in', ['cash', 'card', 'wechat', 'alipay', 'transfer'])), name='daycloseline_method_known'), models.CheckConstraint(condition=models.Q(('payments_fen__gte', 0), ('refunds_fen__gte', 0)), name='daycloseline_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='ClaimReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='workorders.settlement', verbose_name='settlement')),
                ('amount_fen', models.BigIntegerField(verbose_name='amount (fen)')),
                ('reference', models.CharField(max_length=60, verbose_name='reference')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('request_key', models.UUIDField(unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'claim receipt',
                'verbose_name_plural': 'claim receipts',
                'ordering': ['received_on', 'pk'],
                'permissions': [('take_claim', 'can enter what manufacturers and insurers paid')],
                'default_permissions': ['view'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='claimreceipt_positive'), models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='claimreceipt_says_from_what')],
            },
        ),
        migrations.RunPython(install, lift),
    ]
