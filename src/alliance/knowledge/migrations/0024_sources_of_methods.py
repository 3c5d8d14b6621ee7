from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0023_outcomes_of_solutions'),
    ]

    operations = [
        migrations.AddField(
            model_name='method',
            name='sources',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
