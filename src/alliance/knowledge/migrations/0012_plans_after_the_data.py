from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0011_main_results_and_ranges'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='has_late_plan',
            field=models.BooleanField(default=False),
        ),
    ]
