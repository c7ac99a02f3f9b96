from django.db import migrations

# A version of a route template is what routes were judged by: only its end is written later (379/17.3).
KEEP = """
CREATE TRIGGER documents_route_template_keep BEFORE UPDATE OR DELETE ON documents_route_template FOR EACH ROW
    EXECUTE FUNCTION documents_keep('state', 'valid_to');
"""
UNKEEP = "DROP TRIGGER documents_route_template_keep ON documents_route_template;"


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_route_templates_and_substitutes")]

    operations = [migrations.RunSQL(KEEP, UNKEEP)]
