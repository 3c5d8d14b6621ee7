from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0027_verdicts_of_panels'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='n_reviewers',
            field=models.PositiveSmallIntegerField(default=2),
        ),
    ]
