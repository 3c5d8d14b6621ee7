from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0031_pictures_of_cases")]

    operations = [
        migrations.AddIndex(
            model_name="casestudy",
            index=models.Index(fields=["status", "solution", "outcome"], name="case_tally"),
        ),
    ]
