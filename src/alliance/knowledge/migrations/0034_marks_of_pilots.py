from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0033_kinds_of_sources_and_words_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='has_failed_check',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='effect',
            name='has_deviation',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='effect',
            name='pilot',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
    ]
