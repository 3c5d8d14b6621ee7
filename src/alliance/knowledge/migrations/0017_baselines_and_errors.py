import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0016_studies_and_samples'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='baseline_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.unit'),
        ),
        migrations.AddField(
            model_name='effect',
            name='baseline_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='effect',
            name='baseline_source',
            field=models.URLField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='effect',
            name='is_baseline_computed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='effect',
            name='se_rule',
            field=models.CharField(blank=True, choices=[('published', 'as published'), ('interval', 'worked out from the 95 % confidence interval'), ('ratio-interval', 'worked out from the 95 % confidence interval of a ratio'), ('p-value', 'worked out from the p value'), ('log-points', 'converted from log points'), ('two-shares', 'worked out from two shares and their sample sizes'), ('two-means', 'worked out from a standard deviation and the sample sizes'), ('one-share', 'worked out from a share and its sample size'), ('variance', 'the root of the published variance')], default='', max_length=20),
        ),
    ]
