from django.db import migrations, models

from antin.values import new_id


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_reconciliation")]

    operations = [migrations.AddField("reoffer", "since", models.UUIDField(default=new_id))]
