import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0011_official_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldSheet',
            fields=[
                ('partner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sheet', serialize=False, to='exchange.partner')),
                ('version', models.PositiveIntegerField(default=0)),
                ('content', models.CharField(blank=True, max_length=64)),
                ('message', models.BinaryField(default=b'')),
                ('until', models.DateTimeField(null=True)),
                ('parcel_bytes', models.BigIntegerField(null=True)),
                ('closures', models.JSONField(default=list)),
                ('taken_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'exchange_sheet',
            },
        ),
    ]
