from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workshops", "0002_whom_to_meet")]
    operations = [
        migrations.AddField(
            "registration", "link_number", models.PositiveIntegerField(default=0)
        ),
    ]
