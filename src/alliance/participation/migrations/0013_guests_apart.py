from django.db import migrations


def part(apps, schema_editor):
    """Who takes part with an account is no longer known by the cookie of a browser."""
    participants = apps.get_model("participation", "Participant").objects
    participants.filter(user__isnull=False).update(token_digest=None)


class Migration(migrations.Migration):

    dependencies = [("participation", "0012_translated_promises")]

    operations = [migrations.RunPython(part, migrations.RunPython.noop)]
