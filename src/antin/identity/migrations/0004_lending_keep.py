from django.db import migrations

# Who stood in for whom, and for which days, is never rewritten: only how it ended is written later (379/6.2.p2).
KEEP = """
CREATE FUNCTION identity_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may text[] := TG_ARGV;
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - may) = (to_jsonb(OLD) - may) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is refused (379/6.2.p2)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER identity_delegation_keep BEFORE UPDATE OR DELETE ON identity_delegation FOR EACH ROW
    EXECUTE FUNCTION identity_keep('state', 'ended_at', 'ended_by', 'ended_reason');
CREATE TRIGGER identity_absence_keep BEFORE UPDATE OR DELETE ON identity_absence FOR EACH ROW
    EXECUTE FUNCTION identity_keep('state', 'ended_at', 'ended_by', 'ended_reason');
"""
UNKEEP = "DROP FUNCTION identity_keep() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_cleared")]

    operations = [migrations.RunSQL(KEEP, UNKEEP)]
