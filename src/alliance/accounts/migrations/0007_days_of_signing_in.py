"""When people registered and signed in is kept to the day; finer times that are there go.

PostgreSQL writes sessions to its log no more, and so to no copy that is made of files.
"""

import datetime as dt

from django.db import migrations
from django.db.models.functions import TruncDay, TruncHour

import alliance.core.fields


def shorten(apps, schema_editor):
    def to_the_day(rows, *names):
        rows.order_by().update(**{name: TruncDay(name, tzinfo=dt.UTC) for name in names})

    to_the_day(apps.get_model("accounts", "User").objects.all(), "joined_at", "last_login")
    accounts = apps.get_model("socialaccount", "SocialAccount").objects
    to_the_day(accounts.all(), "date_joined", "last_login")
    authenticators = apps.get_model("mfa", "Authenticator").objects
    to_the_day(authenticators.all(), "created_at", "last_used_at")
    apps.get_model("accounts", "TypedText").objects.order_by().update(at=TruncHour("at"))
    trail = apps.get_model("core", "AuditEvent").objects
    trail.filter(kind="person", verb="sign-up").order_by().update(at=TruncHour("at"))


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in ("django_session", "usersessions_usersession"):
            schema_editor.execute(f"ALTER TABLE {table} SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_typed_texts"),
        ("core", "0008_counts_of_a_day"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        migrations.AlterField(
            "user", "joined_at", alliance.core.fields.DayField(auto_now_add=True)
        ),
        migrations.AlterField(
            "user", "last_login", alliance.core.fields.DayField(blank=True, null=True)
        ),
        migrations.AlterField("typedtext", "at", alliance.core.fields.HourField()),
        migrations.RunPython(shorten, migrations.RunPython.noop),
        migrations.RunPython(lay, migrations.RunPython.noop),
    ]
