from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0017_baselines_and_errors'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='cost_kind',
            field=models.CharField(blank=True, choices=[('investment', 'investment'), ('yearly', 'yearly cost'), ('handed-out', 'budget handed out'), ('loss', 'loss'), ('partial', 'part of the cost'), ('not-checked', 'not clear what it covers')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='cost_covers',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='cost_covers_fr',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='cost_covers_sv',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='cost_source',
            field=models.URLField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='is_cost_computed',
            field=models.BooleanField(default=False),
        ),
    ]
