from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_held")]
    operations = [
        migrations.AddField(
            model_name="dispatch", name="mail_why", field=models.CharField(blank=True, default="", max_length=500), preserve_default=False
        ),
    ]
