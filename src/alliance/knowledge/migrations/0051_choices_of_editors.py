import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0050_stored_copies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('case', models.CharField(max_length=80)),
                ('effects', models.JSONField(default=list)),
                ('sentence', models.CharField(max_length=300)),
                ('sentence_fr', models.CharField(blank=True, default='', max_length=300)),
                ('sentence_sv', models.CharField(blank=True, default='', max_length=300)),
                ('source_url', models.URLField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ['solution', 'position'],
            },
        ),
        migrations.CreateModel(
            name='NationalScheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(max_length=2)),
                ('since', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('until', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('what', models.CharField(max_length=300)),
                ('what_fr', models.CharField(blank=True, default='', max_length=300)),
                ('what_sv', models.CharField(blank=True, default='', max_length=300)),
                ('source_url', models.URLField(max_length=500)),
            ],
            options={
                'ordering': ['solution', '-country'],
            },
        ),
        migrations.AddField(
            model_name='solution',
            name='main_measure',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.measure'),
        ),
        migrations.AddField(
            model_name='solution',
            name='main_measure_chosen',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='solution',
            name='main_measure_why',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='solution',
            name='main_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.unit'),
        ),
        migrations.AddField(
            model_name='solution',
            name='one_off',
            field=models.CharField(blank=True, choices=[('single-site', 'a project of one site'), ('closed', 'the only known try has ended')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='solution',
            name='one_off_why',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='solution',
            name='one_off_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='effect',
            name='pool_exclusion',
            field=models.CharField(blank=True, choices=[('same-estimate', 'same estimate as another row'), ('subset', 'part of another row'), ('finding-not-effect', 'a finding, not an effect of the solution'), ('comparison-value', 'a comparison value, not an effect'), ('after-removal', 'measured after the solution was removed'), ('disputed', 'disputed by another source'), ('interested-party', 'a figure from an interested party')], default='', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='solution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('main_measure', None), ('main_unit', None)), models.Q(('main_measure__isnull', False), ('main_measure_chosen', True), ('main_unit__isnull', False)), _connector='OR'), name='solution_main_measure_with_unit'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='solution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disputes', to='knowledge.solution'),
        ),
        migrations.AddField(
            model_name='nationalscheme',
            name='solution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='national_schemes', to='knowledge.solution'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('solution', 'position'), name='dispute_position'),
        ),
        migrations.AddConstraint(
            model_name='nationalscheme',
            constraint=models.UniqueConstraint(fields=('solution', 'country'), name='national_scheme_once'),
        ),
    ]
