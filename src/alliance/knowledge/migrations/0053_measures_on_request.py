from django.db import migrations, models

_EXCLUSIONS = [
    ("same-estimate", "same estimate as another row"),
    ("subset", "part of another row"),
    ("finding-not-effect", "a finding, not an effect of the solution"),
    ("comparison-value", "a comparison value, not an effect"),
    ("after-removal", "measured after the solution was removed"),
    ("disputed", "disputed by another source"),
    ("interested-party", "a figure from an interested party"),
    ("new-measure", "a new outcome measure, not yet named by the secretariat"),
]


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0052_leads_of_cases")]

    operations = [
        migrations.AddField(
            "measure", "requested_at", models.DateTimeField(null=True, blank=True)
        ),
        migrations.AlterField(
            "effect",
            "pool_exclusion",
            models.CharField(blank=True, choices=_EXCLUSIONS, default="", max_length=20),
        ),
    ]
