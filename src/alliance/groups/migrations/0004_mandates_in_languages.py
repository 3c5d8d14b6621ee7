from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_group_files")]

    operations = [
        migrations.AddField(
            model_name="topicgroup",
            name="mandate_in",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
