from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0009_fairness_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='justice',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
