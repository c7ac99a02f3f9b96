from django.db import migrations, models
from django.db.models import PROTECT, Q


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_send_clock")]

    operations = [
        migrations.AddField("partner", "reconcile_at", models.DateTimeField(null=True)),
        migrations.AddField("partner", "reconciled_at", models.DateTimeField(null=True)),
        migrations.AddField("partner", "differences", models.PositiveIntegerField(default=0)),
        migrations.AddIndex("parcelin", models.Index("partner", "parcel", name="exchange_parcel_in_partner")),
        migrations.CreateModel(
            name="Reoffer",
            fields=[
                (
                    "dispatch",
                    models.OneToOneField(
                        on_delete=PROTECT,
                        primary_key=True,
                        related_name="reoffer",
                        serialize=False,
                        to="exchange.dispatch",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("try_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "db_table": "exchange_reoffer",
                "indexes": [
                    models.Index("try_at", condition=Q(try_at__isnull=False), name="exchange_reoffer_due")
                ],
            },
        ),
    ]
