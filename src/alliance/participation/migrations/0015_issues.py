import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0014_times_to_the_hour")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="is_issued",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="contribution",
            name="issued_supports",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "process",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="issue",
                        serialize=False,
                        to="participation.process",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("issued_at", models.DateTimeField()),
                ("people", models.PositiveIntegerField()),
                ("counted", models.PositiveIntegerField()),
                ("counts", models.JSONField(default=list)),
                ("is_outdated", models.BooleanField(default=False)),
            ],
            options={"ordering": ["process"]},
        ),
    ]
