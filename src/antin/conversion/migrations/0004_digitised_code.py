from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversion', '0003_confirmations'),
    ]

    operations = [
        migrations.AddField(
            model_name='digitisation',
            name='code',
            field=models.CharField(max_length=16, null=True, unique=True),
        ),
    ]
