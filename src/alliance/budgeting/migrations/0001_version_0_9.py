import alliance.core.fields
import alliance.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("budgeting", "0001_budgets"),
        ("budgeting", "0002_voters_by_single_sign_on"),
        ("budgeting", "0003_times_to_the_hour"),
        ("budgeting", "0004_ballots_cut_off"),
        ("budgeting", "0005_counted_ballots"),
        ("budgeting", "0006_remains_of_ballots"),
        ("budgeting", "0007_words"),
        ("budgeting", "0008_plain_words"),
    ]

    initial = True

    dependencies = [
        ("participation", "0001_version_0_9"),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='budget', serialize=False, to='participation.process')),
                ('amount', models.PositiveBigIntegerField(default=0)),
                ('currency', models.CharField(choices=[('SEK', 'SEK'), ('EUR', 'EUR')], max_length=3)),
                ('ballot', models.CharField(choices=[('approval', 'tick projects'), ('cumulative', 'allocate points'), ('ordinal', 'rank projects')], default='approval', max_length=10)),
                ('most_projects', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('points', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('fits_budget', models.BooleanField(default=False)),
                ('voters', models.CharField(choices=[('code', 'people with a single-use code'), ('email', 'people who confirm an email address'), ('account', 'people who sign in'), ('oidc', 'people who sign in with single sign-on')], default='code', max_length=7)),
                ('rule', models.CharField(choices=[('greedy', 'most votes first'), ('equal-shares', 'Equal Shares')], default='equal-shares', max_length=12)),
                ('utility', models.CharField(choices=[('cost', 'its cost'), ('cardinality', 'the same for every project'), ('points', 'the points or rank it received')], default='cost', max_length=11)),
                ('completion', models.CharField(choices=[('none', 'is not spent'), ('add1', 'is used to raise everyone’s share while the budget lasts'), ('add1u', 'is used to raise everyone’s share while the budget lasts; the rest goes to projects in order of votes'), ('utilitarian', 'goes to projects in order of votes')], default='add1u', max_length=11)),
                ('unaffordable', models.CharField(choices=[('skip', 'it is skipped and the count continues'), ('stop', 'the count stops')], default='skip', max_length=4)),
                ('min_votes', models.PositiveIntegerField(default=0)),
                ('declared_at', models.DateTimeField(blank=True, null=True)),
                ('has_remains', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'ordering': ['process'],
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
            ],
            options={
                'ordering': ['number', 'id'],
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
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Voter',
            fields=[
                ('participant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='voter', serialize=False, to='participation.participant')),
            ],
            options={
                'ordering': ['participant'],
            },
        ),
        migrations.CreateModel(
            name='VoterCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('is_used', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('voter_digest', models.CharField(blank=True, max_length=64, null=True)),
                ('channel', models.CharField(blank=True, choices=[('online', 'online'), ('paper', 'on paper'), ('phone', 'by phone'), ('desk', 'in person')], default='online', max_length=6)),
                ('at', alliance.core.fields.HourField(blank=True, null=True)),
                ('participant', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='ballot', to='participation.participant')),
                ('process', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='participation.process')),
            ],
            options={
                'ordering': ['public_id'],
            },
        ),
        migrations.CreateModel(
            name='BallotEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveSmallIntegerField()),
                ('ballot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='budgeting.ballot')),
            ],
            options={
                'ordering': ['ballot', 'value', 'id'],
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
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('declared_at', None), models.Q(('amount__gt', 0), models.Q(models.Q(('ballot', 'cumulative'), _negated=True), ('points__gt', 0), _connector='OR')), _connector='OR'), name='budget_declared_in_full'),
        ),
        migrations.AddField(
            model_name='project',
            name='budget',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='budgeting.budget'),
        ),
        migrations.AddField(
            model_name='project',
            name='merge_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merging', to='budgeting.project'),
        ),
        migrations.AddField(
            model_name='project',
            name='proposal',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='project', to='participation.contribution'),
        ),
        migrations.AddField(
            model_name='ballotentry',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='entries', to='budgeting.project'),
        ),
        migrations.AddField(
            model_name='quota',
            name='budget',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotas', to='budgeting.budget'),
        ),
        migrations.AddField(
            model_name='votercode',
            name='process',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voter_codes', to='participation.process'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.UniqueConstraint(fields=('process', 'voter_digest'), name='ballot_once_a_voter'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at', None), ('channel', ''), ('participant', None), ('voter_digest', None)), models.Q(('at__isnull', False), ('participant__isnull', False), ('voter_digest__isnull', False), models.Q(('channel', ''), _negated=True)), _connector='OR'), name='ballot_whole_or_cut_off'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('budget', 'number'), name='project_number_once'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gt', 0), models.Q(('cost_basis', ''), _negated=True)), name='project_cost_with_basis'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('eligible', ''), models.Q(('reason', ''), _negated=True), _connector='OR'), name='project_decided_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('number', None), ('eligible', 'yes'), _connector='OR'), name='project_on_ballot_eligible'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='project_point_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='ballotentry',
            constraint=models.UniqueConstraint(fields=('ballot', 'project'), name='ballot_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='ballotentry',
            constraint=models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='ballot_entry_above_0'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('category', ''), models.Q(('area', ''), _negated=True)), models.Q(models.Q(('category', ''), _negated=True), ('area', '')), _connector='OR'), models.Q(('most_projects__isnull', False), ('most_cost__isnull', False), _connector='OR')), name='quota_says_of_what'),
        ),
        migrations.AddConstraint(
            model_name='votercode',
            constraint=models.UniqueConstraint(fields=('process', 'digest'), name='voter_code_once'),
        ),
    ]
