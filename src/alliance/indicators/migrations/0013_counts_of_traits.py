"""Whether a definition counts people with a trait, so that small totals are hidden too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0012_publishers_of_sources"),
    ]

    operations = [
        migrations.AddField(
            model_name="definitionversion",
            name="counts_trait",
            field=models.BooleanField(default=False),
        ),
    ]
