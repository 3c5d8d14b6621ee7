import alliance.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('participation', '0006_surveys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='budget', serialize=False, to='participation.process')),
                ('amount', models.PositiveBigIntegerField(default=0)),
                ('currency', models.CharField(choices=[('SEK', 'SEK'), ('EUR', 'EUR')], max_length=3)),
                ('ballot', models.CharField(choices=[('approval', 'tick projects'), ('cumulative', 'give away points'), ('ordinal', 'rank projects')], default='approval', max_length=10)),
                ('most_projects', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('points', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('fits_budget', models.BooleanField(default=False)),
                ('voters', models.CharField(choices=[('code', 'people with a one-use code'), ('email', 'people who confirm an email address'), ('account', 'people who sign in')], default='code', max_length=7)),
                ('rule', models.CharField(choices=[('greedy', 'most votes first'), ('equal-shares', 'Equal Shares')], default='equal-shares', max_length=12)),
                ('utility', models.CharField(choices=[('cost', 'what it costs'), ('cardinality', 'the same for each project'), ('points', 'the points or the place given')], default='cost', max_length=11)),
                ('completion', models.CharField(choices=[('none', 'it is not spent'), ('add1', 'everybody gets more, as long as the budget lasts'), ('add1u', 'everybody gets more, as long as the budget lasts; then most votes first'), ('utilitarian', 'most votes first')], default='add1u', max_length=11)),
                ('unaffordable', models.CharField(choices=[('skip', 'it is passed over, and the count goes on'), ('stop', 'the count ends')], default='skip', max_length=4)),
                ('min_votes', models.PositiveIntegerField(default=0)),
                ('declared_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['process'],
                'constraints': [models.CheckConstraint(condition=models.Q(('declared_at', None), models.Q(('amount__gt', 0), models.Q(models.Q(('ballot', 'cumulative'), _negated=True), ('points__gt', 0), _connector='OR')), _connector='OR'), name='budget_declared_in_full')],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('voter_digest', models.CharField(max_length=64)),
                ('channel', models.CharField(choices=[('online', 'online'), ('paper', 'on paper'), ('phone', 'by phone'), ('desk', 'at a desk')], default='online', max_length=6)),
                ('at', models.DateTimeField()),
                ('participant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ballot', to='participation.participant')),
                ('process', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='participation.process')),
            ],
            options={
                'ordering': ['public_id'],
                'constraints': [models.UniqueConstraint(fields=('process', 'voter_digest'), name='ballot_once_a_voter')],
            },
        ),
        migrations.CreateModel(
            name='Count',
            fields=[
                ('budget', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='count', serialize=False, to='budgeting.budget')),
                ('at', models.DateTimeField()),
                ('n_ballots', models.PositiveIntegerField()),
                ('result', models.JSONField(default=dict)),
                ('file', models.TextField(blank=True, default='')),
            ],
            options={
                'ordering': ['budget'],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField(blank=True, default='')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('category', models.CharField(blank=True, default='', max_length=80)),
                ('area', models.CharField(blank=True, default='', max_length=80)),
                ('place', models.CharField(blank=True, default='', max_length=160)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('only_one_of', models.CharField(blank=True, default='', max_length=80)),
                ('cost', models.PositiveBigIntegerField()),
                ('cost_basis', models.TextField()),
                ('estimated_at', models.DateTimeField()),
                ('eligible', models.CharField(blank=True, choices=[('yes', 'eligible'), ('no', 'not eligible')], default='', max_length=3)),
                ('reason', models.TextField(blank=True, default='')),
                ('consent', models.CharField(blank=True, choices=[('yes', 'the author agrees'), ('no', 'the author does not agree')], default='', max_length=3)),
                ('consent_note', models.CharField(blank=True, default='', max_length=300)),
                ('other_consent', models.CharField(blank=True, choices=[('yes', 'the author agrees'), ('no', 'the author does not agree')], default='', max_length=3)),
                ('other_note', models.CharField(blank=True, default='', max_length=300)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='budgeting.budget')),
                ('merge_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merging', to='budgeting.project')),
                ('proposal', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='project', to='participation.contribution')),
            ],
            options={
                'ordering': ['number', 'id'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('budget', 'number'), name='project_number_once'),
                    models.CheckConstraint(condition=models.Q(('cost__gt', 0), models.Q(('cost_basis', ''), _negated=True)), name='project_cost_with_basis'),
                    models.CheckConstraint(condition=models.Q(('eligible', ''), models.Q(('reason', ''), _negated=True), _connector='OR'), name='project_decided_with_reason'),
                    models.CheckConstraint(condition=models.Q(('number', None), ('eligible', 'yes'), _connector='OR'), name='project_on_ballot_eligible'),
                    models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='project_point_on_earth'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BallotEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveSmallIntegerField()),
                ('ballot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='budgeting.ballot')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='entries', to='budgeting.project')),
            ],
            options={
                'ordering': ['ballot', 'value', 'id'],
                'constraints': [models.UniqueConstraint(fields=('ballot', 'project'), name='ballot_entry_once'), models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='ballot_entry_above_0')],
            },
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(blank=True, default='', max_length=80)),
                ('area', models.CharField(blank=True, default='', max_length=80)),
                ('most_projects', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('most_cost', models.PositiveBigIntegerField(blank=True, null=True)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotas', to='budgeting.budget')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('category', ''), models.Q(('area', ''), _negated=True)), models.Q(models.Q(('category', ''), _negated=True), ('area', '')), _connector='OR'), models.Q(('most_projects__isnull', False), ('most_cost__isnull', False), _connector='OR')), name='quota_says_of_what')],
            },
        ),
        migrations.CreateModel(
            name='VoterCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voter_codes', to='participation.process')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('process', 'digest'), name='voter_code_once')],
            },
        ),
    ]
