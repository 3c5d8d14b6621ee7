"""Pledges are published in batches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_times_to_the_hour")]
    operations = [
        migrations.AddField("campaign", "issued", models.JSONField(default=dict, editable=False)),
    ]
