import django.db.models.deletion
from django.db import migrations, models

import antin.values.ids

# No act has written an interval before this migration: the columns that move to the order leave nothing behind.
KEEP = """
CREATE TRIGGER documents_impoundment_order_keep BEFORE UPDATE OR DELETE ON documents_impoundment_order FOR EACH ROW
    EXECUTE FUNCTION documents_keep('lifting_decision', 'lifting_decided_on', 'lifted_at', 'lifted_by_name');
CREATE TRIGGER documents_impoundment_keep BEFORE UPDATE OR DELETE ON documents_impoundment FOR EACH ROW
    EXECUTE FUNCTION documents_keep('lifted_at');
"""
UNKEEP = """
DROP TRIGGER documents_impoundment_order_keep ON documents_impoundment_order;
DROP TRIGGER documents_impoundment_keep ON documents_impoundment;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_change_and_ending")]

    operations = [
        migrations.CreateModel(
            name="ImpoundmentOrder",
            fields=[
                ("id", models.UUIDField(default=antin.values.ids.new_id, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField()),
                ("authority_id", models.UUIDField()),
                ("authority_name", models.CharField(max_length=400)),
                ("decision", models.CharField(max_length=200)),
                ("decided_on", models.DateField()),
                ("term_ends_on", models.DateField(null=True)),
                ("reason", models.TextField()),
                ("scope_digest", models.CharField(max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.UUIDField()),
                ("begun_by_name", models.CharField(max_length=400)),
                ("lifting_decision", models.CharField(blank=True, max_length=200)),
                ("lifting_decided_on", models.DateField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by_name", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "documents_impoundment_order",
                "indexes": [models.Index(fields=["owner_id", "-id"], name="documents_order_register")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lifted_at__isnull", True), ("lifting_decision", ""))
                        | models.Q(("lifted_at__isnull", False), models.Q(("lifting_decision", ""), _negated=True)),
                        name="documents_impoundment_order_lifted",
                    )
                ],
            },
        ),
        migrations.RemoveField(model_name="impoundment", name="decision"),
        migrations.RemoveField(model_name="impoundment", name="begun_by"),
        migrations.RemoveField(model_name="impoundment", name="lifted_by"),
        migrations.AddField(
            model_name="impoundment",
            name="order",
            field=models.ForeignKey(
                default=antin.values.ids.new_id,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.impoundmentorder",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="impoundment",
            name="digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
