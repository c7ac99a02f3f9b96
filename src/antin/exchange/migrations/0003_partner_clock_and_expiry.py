from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_dispatch_seen_at")]

    operations = [
        migrations.AddField("partner", "node_expires_at", models.DateTimeField(null=True)),
        migrations.AddField("partner", "clock_offset_s", models.IntegerField(null=True)),
    ]
