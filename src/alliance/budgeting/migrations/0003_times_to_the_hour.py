"""When a resident did something is kept to the hour."""

from django.db import migrations
from django.db.models.functions import TruncHour

import alliance.participation.models


def shorten(apps, schema_editor):
    rows = apps.get_model("budgeting", "Ballot").objects.order_by()
    rows.update(at=TruncHour("at"))


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0002_voters_by_single_sign_on"), ("participation", "0014_times_to_the_hour")]
    operations = [
        migrations.AlterField("ballot", "at", alliance.participation.models.HourField()),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
