from django.db import migrations, models
from django.db.models import Q

OPEN = Q(look_at__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_partner_clock_and_expiry")]

    operations = [
        migrations.CreateModel(
            name="SendClock",
            fields=[
                ("document_id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField()),
                ("urgency", models.PositiveSmallIntegerField(default=0)),
                ("state", models.CharField(max_length=20)),
                ("due_at", models.DateTimeField()),
                ("look_at", models.DateTimeField(null=True)),
                ("warned_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_send_clock",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=("running", "warned", "missed", "stopped")),
                        name="exchange_send_clock_state",
                    )
                ],
                "indexes": [
                    models.Index("look_at", condition=OPEN, name="exchange_send_clock_look"),
                    models.Index("organisation_id", "due_at", condition=OPEN, name="exchange_send_clock_open"),
                ],
            },
        ),
    ]
