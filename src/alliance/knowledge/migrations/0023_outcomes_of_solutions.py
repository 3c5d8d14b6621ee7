import json
from pathlib import Path

from django.db import migrations, models

THEMES = [
    ("energy", "Energy"),
    ("emissions", "Emissions"),
    ("air", "Air quality"),
    ("traffic-and-mode", "Traffic and travel"),
    ("road-safety", "Road safety"),
    ("health-and-heat", "Health and heat"),
    ("water", "Water"),
    ("waste", "Waste"),
    ("nature", "Nature"),
    ("participation-and-trust", "Participation and trust"),
    ("fairness-and-affordability", "Fairness and affordability"),
    ("money", "Money"),
]


def sort_measures_that_ship(apps, schema_editor):
    path = Path(__file__).parents[2] / "starter" / "outcome-themes.json"
    for slug, theme in json.loads(path.read_text(encoding="utf-8")).items():
        apps.get_model("knowledge", "Measure").objects.filter(slug=slug).update(
            outcome_theme=theme
        )


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0022_results_without_a_number'),
    ]

    operations = [
        migrations.AddField(
            model_name='measure',
            name='outcome_theme',
            field=models.CharField(blank=True, choices=THEMES, default='', max_length=28),
        ),
        migrations.AddField(
            model_name='solution',
            name='outcomes',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='solution',
            name='outcomes_version',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
        migrations.RunPython(sort_measures_that_ship, migrations.RunPython.noop, elidable=True),
    ]
