from django.db import migrations, models


class Migration(migrations.Migration):
    """What is there was read as how it is now; a keeper brings expected changes again as such."""

    dependencies = [("equity", "0004_past_releases")]

    operations = [
        migrations.AddField(
            model_name="exposure",
            name="quantity",
            field=models.CharField(
                choices=[
                    ("level", "how it is now"),
                    ("change", "expected change"),
                    ("cost", "expected cost"),
                ],
                default="level",
                max_length=6,
            ),
        ),
        migrations.RemoveConstraint(model_name="exposure", name="exposure_once"),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.UniqueConstraint(
                fields=("area_set", "code", "year", "quantity"), name="exposure_of_a_kind_once"
            ),
        ),
        migrations.RemoveConstraint(model_name="populationgroup", name="group_once"),
        migrations.AddConstraint(
            model_name="populationgroup",
            constraint=models.UniqueConstraint(
                fields=("area_set", "trait", "code", "year"), name="group_of_a_trait_once"
            ),
        ),
    ]
