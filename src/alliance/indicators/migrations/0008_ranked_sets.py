from django.db import migrations, models


def tell_verdicts(apps, schema_editor):
    """Scores say themselves why a figure has no place, instead of each page by itself."""
    scores = apps.get_model("indicators", "Score").objects.filter(value__isnull=False)
    scores.exclude(not_ranked="").update(standing="not-compared")
    scores.filter(not_ranked="direction").update(standing="context")


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0007_meaning_of_figures"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="is_common",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="score",
            name="ranked_set",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="score",
            name="ranked_value",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="score",
            name="ranked_error",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="score",
            name="standing",
            field=models.CharField(
                choices=[
                    ("leading", "leads"),
                    ("must-do-more", "must do more"),
                    ("typical", "typical"),
                    ("unclear", "unclear"),
                    ("not-compared", "not comparable"),
                    ("context", "tells the context"),
                    ("no-standing", "newer than the last release"),
                    ("no-data", "no data"),
                ],
                default="no-data",
                max_length=14,
            ),
        ),
        migrations.RunPython(tell_verdicts, migrations.RunPython.noop),
    ]
