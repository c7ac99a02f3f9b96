# What senders hold is found without reading all that waits (217/13.1).

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0013_apart'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(models.F('holder'), condition=models.Q(('holder__isnull', False)), name='exchange_dispatch_held'),
        ),
        migrations.AddIndex(
            model_name='statementout',
            index=models.Index(models.F('holder'), condition=models.Q(('holder__isnull', False)), name='exchange_statement_held'),
        ),
    ]
