"""Give maintenance plan and close of a day their kinds, and the cashier the papers of his desk alone; the triggers as 0005 has them."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models

immutable = import_module("dealership.paperwork.migrations.0002_immutable")
signing = import_module("dealership.paperwork.migrations.0003_signing")


class Migration(migrations.Migration):

    dependencies = [
        ('paperwork', '0005_workshop'),
        ('staff', '0003_workshop'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(signing.lift, immutable.install),
        migrations.AlterModelOptions(
            name='issueddocument',
            options={'default_permissions': ['view'], 'ordering': ['-issued_at', '-pk'], 'permissions': [('read_visits', "Can read every paper of a visit, not the till's alone")], 'verbose_name': 'issued document', 'verbose_name_plural': 'issued documents'},
        ),
        migrations.RemoveConstraint(
            model_name='issueddocument',
            name='paperwork_document_kind',
        ),
        migrations.RemoveConstraint(
            model_name='numberseries',
            name='paperwork_series_kind',
        ),
        migrations.AlterField(
            model_name='issueddocument',
            name='kind',
            field=models.CharField(choices=[('intake', 'reception form'), ('order', 'work order'), ('dispatch', 'dispatch sheet'), ('supplement', 'in-plant repair slip'), ('issue', 'issue slip'), ('quality', 'quality check sheet'), ('settlement', 'settlement sheet'), ('gate_pass', 'gate pass'), ('plan', 'maintenance plan'), ('thank_you', 'thank-you letter'), ('day_close', 'day close')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='numberseries',
            name='kind',
            field=models.CharField(choices=[('intake', 'reception form'), ('order', 'work order'), ('dispatch', 'dispatch sheet'), ('supplement', 'in-plant repair slip'), ('issue', 'issue slip'), ('quality', 'quality check sheet'), ('settlement', 'settlement sheet'), ('gate_pass', 'gate pass'), ('plan', 'maintenance plan'), ('thank_you', 'thank-you letter'), ('day_close', 'day close')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='issueddocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['intake', 'order', 'dispatch', 'supplement', 'issue', 'quality', 'settlement', 'gate_pass', 'plan', 'thank_you', 'day_close'])), name='paperwork_document_kind'),
        ),
        migrations.AddConstraint(
            model_name='numberseries',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['intake', 'order', 'dispatch', 'supplement', 'issue', 'quality', 'settlement', 'gate_pass', 'plan', 'thank_you', 'day_close'])), name='paperwork_series_kind'),
        ),
        migrations.RunPython(immutable.install, signing.lift),
    ]
