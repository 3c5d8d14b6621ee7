import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0003_times_to_the_hour"),
        ("participation", "0015_issues"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenFiles",
            fields=[
                (
                    "process",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="open_files",
                        serialize=False,
                        to="participation.process",
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("votes", models.BinaryField(default=b"")),
                ("voters", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=list)),
                ("statements", models.JSONField(default=dict)),
            ],
            options={"ordering": ["process"]},
        ),
    ]
