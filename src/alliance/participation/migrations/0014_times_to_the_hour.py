"""When a resident did something is kept to the hour; finer times that are there lose the rest."""

from django.db import migrations, models
from django.db.models.functions import TruncHour

import alliance.participation.models

OPTIONAL = {"blank": True, "null": True}


def to_the_hour(rows, *names):
    rows.order_by().update(**{name: TruncHour(name) for name in names})


def shorten(apps, schema_editor):
    to_the_hour(apps.get_model("participation", "Participant").objects.all(), "made_at", "email_confirmed_at")
    to_the_hour(apps.get_model("participation", "Support").objects.all(), "at")
    contributions = apps.get_model("participation", "Contribution").objects
    to_the_hour(contributions.all(), "shown_at")
    of_city = contributions.filter(participant=None).exclude(author="resident")
    # What those wrote who have deleted their data since belongs to nobody, but was written then.
    posts = apps.get_model("network", "Post").objects.filter(kind="process")
    to_the_hour(posts.exclude(pk__in=of_city.values("pk")), "at")
    # A release says since when the text waited; reports and objections come from residents.
    acts = apps.get_model("network", "ModerationAct").objects.filter(kind="process")
    to_the_hour(acts, "since", "appealed_at")
    reports = apps.get_model("network", "Report").objects.filter(post__kind="process")
    to_the_hour(reports.filter(reported_by=None), "at")
    trail = apps.get_model("core", "AuditEvent").objects
    to_the_hour(trail.filter(kind="contribution", actor_label="resident"), "at")
    to_the_hour(trail.filter(kind="post", actor_label="visitor", actor=None), "at")


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0013_guests_apart"),
        ("core", "0007_write_counts"),
        ("network", "0026_records_of_other_networks"),
    ]
    operations = [
        migrations.AlterField(
            "participant", "made_at", alliance.participation.models.HourField()
        ),
        migrations.AlterField(
            "participant",
            "email_confirmed_at",
            alliance.participation.models.HourField(**OPTIONAL),
        ),
        migrations.AlterField("support", "at", alliance.participation.models.HourField()),
        migrations.AlterField(
            "contribution", "shown_at", alliance.participation.models.HourField(**OPTIONAL)
        ),
        migrations.AddField(
            "participant",
            "email_number",
            models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
