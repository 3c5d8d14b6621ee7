from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0010_discussion'),
    ]

    operations = [
        migrations.AddField(
            model_name='city',
            name='districts',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
