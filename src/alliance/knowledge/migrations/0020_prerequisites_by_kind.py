from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0019_verdicts_of_solutions'),
    ]

    operations = [
        migrations.AddField(
            model_name='solution',
            name='prerequisite_kinds',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
