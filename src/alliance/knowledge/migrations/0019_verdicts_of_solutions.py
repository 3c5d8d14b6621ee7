import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0018_kinds_of_cost'),
    ]

    operations = [
        migrations.CreateModel(
            name='SolutionVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(blank=True, choices=[('lower-is-better', 'lower is better'), ('higher-is-better', 'higher is better')], default='', max_length=20)),
                ('is_main', models.BooleanField(default=False)),
                ('verdict', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('details', models.JSONField(default=dict)),
                ('cases', models.JSONField(default=dict)),
                ('rule_version', models.CharField(max_length=20)),
                ('since', models.DateTimeField()),
                ('measure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.measure')),
                ('solution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='knowledge.solution')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.unit')),
            ],
            options={
                'ordering': ['solution', '-is_main', 'id'],
            },
        ),
        migrations.CreateModel(
            name='VerdictChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('before', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('after', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('line', models.PositiveSmallIntegerField()),
                ('rule_version', models.CharField(max_length=20)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='knowledge.solutionverdict')),
            ],
            options={
                'ordering': ['verdict', '-at', '-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='solutionverdict',
            constraint=models.UniqueConstraint(fields=('solution', 'measure', 'unit'), name='solution_verdict_once'),
        ),
        migrations.AddConstraint(
            model_name='solutionverdict',
            constraint=models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('solution',), name='solution_verdict_one_main'),
        ),
    ]
