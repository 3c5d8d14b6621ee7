from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0009_words_of_effects_translated'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='running',
            field=models.CharField(blank=True, choices=[('running', 'still running'), ('paused', 'paused'), ('ended', 'ended'), ('annulled', 'annulled by a court')], default='', max_length=10),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='running_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='running_source',
            field=models.URLField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='check_again',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
