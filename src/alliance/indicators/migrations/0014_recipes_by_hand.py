"""Recipes that a person follows, where no connector reads the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0013_counts_of_traits"),
    ]

    operations = [
        migrations.AddField(
            model_name="recipe",
            name="codes",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="recipe",
            name="unit",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        *(
            migrations.AddField(
                model_name="recipe",
                name=name,
                field=models.TextField(blank=True, default=""),
            )
            for name in ("mapping", "mapping_fr", "mapping_sv")
        ),
    ]
