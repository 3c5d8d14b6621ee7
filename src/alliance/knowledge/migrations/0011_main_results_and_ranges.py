from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0010_whether_it_still_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='range_low',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='effect',
            name='range_high',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='effect',
            name='is_main',
            field=models.BooleanField(default=False),
        ),
    ]
