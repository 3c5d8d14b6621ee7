import django.db.models.deletion
from django.db import migrations, models


def issue_again(apps, _editor):
    """What was issued gets its file of the team, where it is of after the end."""
    issues = apps.get_model("participation", "Issue").objects
    issues.filter(process__kind="survey").update(is_outdated=True)


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0003_times_to_the_hour"),
        ("participation", "0015_issues"),
    ]

    operations = [
        migrations.CreateModel(
            name="TeamFile",
            fields=[
                (
                    "process",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="survey_team_file",
                        serialize=False,
                        to="participation.process",
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("people", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=list)),
                ("is_reduced", models.BooleanField(default=False)),
                ("leaving", models.JSONField(default=list)),
                ("rows", models.BinaryField(default=b"")),
            ],
            options={"ordering": ["process"]},
        ),
        migrations.RunPython(issue_again, migrations.RunPython.noop),
    ]
