import django.db.models.deletion
from django.db import migrations, models

import alliance.participation.models

CHANNELS = [
    ("online", "online"), ("paper", "on paper"), ("phone", "by phone"), ("desk", "at a desk"),
]  # fmt: skip
WHOLE = models.Q(
    ("at__isnull", False),
    ("participant__isnull", False),
    ("voter_digest__isnull", False),
    models.Q(("channel", ""), _negated=True),
)
CUT_OFF = models.Q(("at", None), ("channel", ""), ("participant", None), ("voter_digest", None))


class Migration(migrations.Migration):

    dependencies = [
        ("budgeting", "0003_times_to_the_hour"),
        ("participation", "0012_translated_promises"),
    ]

    operations = [
        migrations.CreateModel(
            "Voter",
            [
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="voter",
                        serialize=False,
                        to="participation.participant",
                    ),
                ),
            ],
            options={"ordering": ["participant"]},
        ),
        migrations.AddField(
            "budget", "has_remains", models.BooleanField(default=False, editable=False)
        ),
        migrations.AddField(
            "votercode", "is_used", models.BooleanField(default=False, editable=False)
        ),
        migrations.AlterField("ballot", "at", alliance.participation.models.HourField(blank=True, null=True)),
        migrations.AlterField(
            "ballot",
            "channel",
            models.CharField(blank=True, choices=CHANNELS, default="online", max_length=6),
        ),
        migrations.AlterField(
            "ballot",
            "participant",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ballot",
                to="participation.participant",
            ),
        ),
        migrations.AlterField(
            "ballot", "voter_digest", models.CharField(blank=True, max_length=64, null=True)
        ),
        migrations.AddConstraint(
            "ballot",
            models.CheckConstraint(
                condition=models.Q(CUT_OFF, WHOLE, _connector="OR"), name="ballot_whole_or_cut_off"
            ),
        ),
    ]
