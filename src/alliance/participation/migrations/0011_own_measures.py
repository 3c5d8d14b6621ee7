from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0010_translations")]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name=name,
            field=models.PositiveIntegerField(blank=True, null=True),
        )
        for name in ("own_of", "own_done")
    ]
