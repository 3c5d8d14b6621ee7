from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0011_recipes"),
    ]

    operations = [
        migrations.AddField(
            model_name="observationsource",
            name="publisher",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
        migrations.RemoveConstraint(
            model_name="observationsource",
            name="observation_source_once",
        ),
        migrations.AddConstraint(
            model_name="observationsource",
            constraint=models.UniqueConstraint(
                fields=("title", "url", "licence", "publisher"), name="observation_source_once"
            ),
        ),
    ]
