from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0004_open_files")]

    operations = [
        migrations.RenameField("openfiles", "voters", "people"),
        migrations.AddField(
            model_name="openfiles",
            name="is_reduced",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="openfiles",
            name="leaving",
            field=models.JSONField(default=list),
        ),
    ]
