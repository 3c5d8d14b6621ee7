from django.conf import settings
from django.db import migrations


def hide_few(apps, _editor):
    """How many support a proposal is shown where they are not few."""
    rows = apps.get_model("participation", "Contribution").objects
    rows = rows.filter(issued_supports__gt=0, issued_supports__lt=settings.PRIVACY_FLOOR)
    rows.update(issued_supports=None)


class Migration(migrations.Migration):
    dependencies = [("participation", "0015_issues")]

    operations = [migrations.RunPython(hide_few, migrations.RunPython.noop)]
