import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0020_prerequisites_by_kind'),
    ]

    operations = [
        migrations.CreateModel(
            name='SolutionCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(blank=True, choices=[('investment', 'Investment'), ('running', 'Running costs')], default='', max_length=10)),
                ('low', models.FloatField(blank=True, null=True)),
                ('typical', models.FloatField(blank=True, null=True)),
                ('high', models.FloatField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('price_year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('per', models.CharField(blank=True, default='', max_length=200)),
                ('per_fr', models.CharField(blank=True, default='', max_length=200)),
                ('per_sv', models.CharField(blank=True, default='', max_length=200)),
                ('staff_time', models.CharField(blank=True, default='', max_length=200)),
                ('staff_time_fr', models.CharField(blank=True, default='', max_length=200)),
                ('staff_time_sv', models.CharField(blank=True, default='', max_length=200)),
                ('lead_time', models.CharField(blank=True, default='', max_length=200)),
                ('lead_time_fr', models.CharField(blank=True, default='', max_length=200)),
                ('lead_time_sv', models.CharField(blank=True, default='', max_length=200)),
                ('lifetime', models.CharField(blank=True, default='', max_length=200)),
                ('lifetime_fr', models.CharField(blank=True, default='', max_length=200)),
                ('lifetime_sv', models.CharField(blank=True, default='', max_length=200)),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('source_title', models.CharField(max_length=300)),
                ('source_url', models.URLField(max_length=500)),
                ('seen', models.TextField(blank=True, default='')),
                ('read', models.CharField(choices=[('full-text', 'read in full'), ('abstract', 'only its abstract was read'), ('secondary', 'quotes another source, which was not read')], max_length=10)),
                ('solution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='knowledge.solution')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('solution', 'position'), name='solution_cost_position')],
            },
        ),
    ]
