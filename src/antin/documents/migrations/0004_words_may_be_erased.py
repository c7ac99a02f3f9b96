from django.db import migrations

# A destruction erases the words about a document and nothing else: a listed column may become empty, never other words.
KEEP = """
CREATE FUNCTION documents_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may text[] := string_to_array(TG_ARGV[0], ',');
    erasable text[] := string_to_array(TG_ARGV[1], ',');
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    named text;
BEGIN
    IF TG_OP = 'UPDATE' AND (becomes - may - erasable) = (was - may - erasable) THEN
        FOREACH named IN ARRAY erasable LOOP
            IF becomes ->> named IS DISTINCT FROM was ->> named AND becomes ->> named <> '' THEN
                RAISE EXCEPTION '% of %.% is refused (379/17.2)', TG_OP, TG_TABLE_NAME, named
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is refused (379/17.2)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
DROP TRIGGER documents_revision_keep ON documents_revision;
DROP TRIGGER documents_attachment_keep ON documents_attachment;
DROP TRIGGER documents_ending_keep ON documents_ending;
CREATE TRIGGER documents_revision_keep BEFORE UPDATE OR DELETE ON documents_revision FOR EACH ROW EXECUTE FUNCTION
    documents_keep_words('approved_at,approved_by,approved_for,approved_method,approval_withdrawn_at', 'reason');
CREATE TRIGGER documents_attachment_keep BEFORE UPDATE OR DELETE ON documents_attachment FOR EACH ROW EXECUTE FUNCTION
    documents_keep_words('until_revision', 'name');
CREATE TRIGGER documents_ending_keep BEFORE UPDATE OR DELETE ON documents_ending FOR EACH ROW EXECUTE FUNCTION
    documents_keep_words('', 'reason,basis,form');
"""
UNKEEP = """
DROP FUNCTION documents_keep_words() CASCADE;
CREATE TRIGGER documents_revision_keep BEFORE UPDATE OR DELETE ON documents_revision FOR EACH ROW EXECUTE FUNCTION
    documents_keep('approved_at', 'approved_by', 'approved_for', 'approved_method', 'approval_withdrawn_at');
CREATE TRIGGER documents_attachment_keep BEFORE UPDATE OR DELETE ON documents_attachment FOR EACH ROW EXECUTE FUNCTION
    documents_keep('until_revision');
CREATE TRIGGER documents_ending_keep BEFORE UPDATE OR DELETE ON documents_ending FOR EACH ROW EXECUTE FUNCTION
    documents_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_impoundment_order")]

    operations = [migrations.RunSQL(KEEP, UNKEEP)]
