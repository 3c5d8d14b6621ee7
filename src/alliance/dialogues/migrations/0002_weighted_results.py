from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dialogues', '0001_votes'),
    ]

    operations = [
        migrations.AddField(
            model_name='opinions',
            name='weighted',
            field=models.JSONField(default=dict),
        ),
    ]
