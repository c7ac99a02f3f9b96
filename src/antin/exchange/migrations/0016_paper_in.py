import django.db.models.deletion
from django.db import migrations, models

import antin.values.ids


class Migration(migrations.Migration):
    dependencies = [("exchange", "0015_mail_instead")]
    operations = [
        migrations.CreateModel(
            name="PaperIn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=antin.values.ids.new_id, primary_key=True, serialize=False),
                ),
                ("document_id", models.UUIDField()),
                ("organisation_id", models.UUIDField()),
                ("code", models.CharField(max_length=16)),
                ("arrived_on", models.DateField()),
                ("noted_by", models.UUIDField(null=True)),
                ("noted_by_name", models.CharField(blank=True, max_length=200)),
                ("noted_at", models.DateTimeField()),
                (
                    "statement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper",
                        to="exchange.statementout",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_paper_in",
                "constraints": [
                    models.UniqueConstraint(fields=("document_id", "code"), name="exchange_paper_in_once")
                ],
            },
        )
    ]
