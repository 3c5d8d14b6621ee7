from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0051_choices_of_editors")]

    operations = [
        migrations.AddField("casetext", "lead", models.TextField(blank=True, default="")),
        migrations.AddField(
            "effect", "source", models.URLField(blank=True, default="", max_length=500)
        ),
    ]
