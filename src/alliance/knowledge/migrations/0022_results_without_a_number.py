import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0021_costs_of_solutions'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='has_nulls',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='NullResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('qualifier', models.CharField(blank=True, default='', max_length=200)),
                ('sentence', models.TextField()),
                ('sentence_fr', models.TextField(blank=True, default='')),
                ('sentence_sv', models.TextField(blank=True, default='')),
                ('design', models.CharField(choices=[('rct', 'randomised trial'), ('quasi-experiment', 'with comparison group'), ('before-after', 'before and after'), ('survey', 'survey or count'), ('modelled', 'modelled')], max_length=20)),
                ('period_start', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('period_end', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('source', models.URLField(blank=True, default='', max_length=500)),
                ('is_main', models.BooleanField(default=False)),
                ('key', models.CharField(max_length=80)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nulls', to='knowledge.casestudy')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nulls', to='knowledge.measure')),
            ],
            options={
                'ordering': ['case', 'position'],
                'constraints': [models.UniqueConstraint(fields=('case', 'position'), name='null_position_once'), models.UniqueConstraint(fields=('case', 'key'), name='null_key_once'), models.CheckConstraint(condition=models.Q(('period_end__isnull', True), ('period_start__isnull', True), ('period_end__gte', models.F('period_start')), _connector='OR'), name='null_period_order')],
            },
        ),
    ]
