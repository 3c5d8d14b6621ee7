import alliance.core.fields
import alliance.core.ids
import alliance.participation.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("participation", "0001_processes"),
        ("participation", "0002_census"),
        ("participation", "0003_numbers_and_length"),
        ("participation", "0004_numbers_once"),
        ("participation", "0005_who_they_are"),
        ("participation", "0006_surveys"),
        ("participation", "0007_evaluations"),
        ("participation", "0008_texts"),
        ("participation", "0009_points_of_proposals"),
        ("participation", "0010_translations"),
        ("participation", "0011_own_measures"),
        ("participation", "0012_translated_promises"),
        ("participation", "0013_guests_apart"),
        ("participation", "0014_times_to_the_hour"),
        ("participation", "0015_issues"),
        ("participation", "0016_few_supports"),
        ("participation", "0017_promises_of_campaigns"),
        ("participation", "0018_words"),
        ("participation", "0019_plain_words"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_version_0_9"),
        ("network", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Process',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('dialogue', 'dialogue'), ('proposals', 'proposals'), ('budget', 'participatory budget'), ('campaign', 'campaign'), ('survey', 'survey'), ('text', 'text to comment')], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'in preparation'), ('open', 'open'), ('closed', 'closed, answers pending'), ('answered', 'answered')], default='draft', max_length=10)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('title', models.CharField(max_length=160)),
                ('summary', models.TextField(blank=True, default='')),
                ('easy_read', models.TextField(blank=True, default='')),
                ('background', models.TextField(blank=True, default='')),
                ('area', models.CharField(blank=True, default='', max_length=160)),
                ('decides_what', models.TextField(blank=True, default='')),
                ('decides_who', models.CharField(blank=True, default='', max_length=160)),
                ('decides_by', models.DateField(blank=True, null=True)),
                ('answers_by', models.DateField(blank=True, null=True)),
                ('not_open', models.TextField(blank=True, default='')),
                ('statement_length', models.PositiveSmallIntegerField(default=140)),
                ('is_strict', models.BooleanField(default=True)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='processes', to='network.city')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='processes', to='network.need')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('outcome', models.CharField(choices=[('accepted', 'will be done'), ('partly', 'will be partly done'), ('done', 'already done'), ('noted', 'considered in the decision'), ('declined', 'will not be done'), ('elsewhere', 'not for the city to decide')], max_length=10)),
                ('reason', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='participation.process')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='issue', serialize=False, to='participation.process')),
                ('number', models.PositiveIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('people', models.PositiveIntegerField()),
                ('counted', models.PositiveIntegerField()),
                ('counts', models.JSONField(default=list)),
                ('is_outdated', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(blank=True, default='', max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('hours', models.DecimalField(blank=True, decimal_places=1, max_digits=9, null=True)),
                ('rate', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('other_costs', models.DecimalField(blank=True, decimal_places=2, max_digits=13, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('people', models.PositiveIntegerField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('first_yes', models.PositiveIntegerField(blank=True, null=True)),
                ('first_no', models.PositiveIntegerField(blank=True, null=True)),
                ('contributions', models.PositiveIntegerField(blank=True, null=True)),
                ('acted_on', models.PositiveIntegerField(blank=True, null=True)),
                ('own_of', models.PositiveIntegerField(blank=True, null=True)),
                ('own_done', models.PositiveIntegerField(blank=True, null=True)),
                ('question', models.CharField(blank=True, default='', max_length=200)),
                ('before', models.JSONField(blank=True, default=list)),
                ('after', models.JSONField(blank=True, default=list)),
                ('changed_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('method', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.method')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('process', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evaluation', to='participation.process')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ContributionGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=160)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='participation.process')),
            ],
            options={
                'ordering': ['process', 'number'],
            },
        ),
        migrations.CreateModel(
            name='CensusCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trait', models.CharField(choices=[('age_band', 'Age'), ('sex', 'Sex'), ('tenure', 'Home'), ('area', 'Part of the city')], max_length=8)),
                ('category', models.CharField(max_length=120)),
                ('people', models.PositiveIntegerField()),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='census', to='participation.process')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Background',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('solution_id', models.CharField(blank=True, default='', max_length=80)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='participation.process')),
            ],
            options={
                'ordering': ['process', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('token_digest', models.CharField(blank=True, editable=False, max_length=64, null=True)),
                ('receipt', models.CharField(default=alliance.participation.models.new_receipt, editable=False, max_length=20, unique=True)),
                ('channel', models.CharField(choices=[('online', 'online'), ('paper', 'on paper'), ('phone', 'by phone'), ('desk', 'in person')], default='online', max_length=6)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('made_at', alliance.core.fields.HourField()),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('email_confirmed_at', alliance.core.fields.HourField(blank=True, null=True)),
                ('email_number', models.PositiveIntegerField(default=0, editable=False)),
                ('area', models.CharField(blank=True, default='', max_length=120)),
                ('age_band', models.CharField(blank=True, choices=[('0-17', 'under 18'), ('18-29', '18–29'), ('30-49', '30–49'), ('50-64', '50–64'), ('65+', '65 or older')], default='', max_length=6)),
                ('sex', models.CharField(blank=True, choices=[('woman', 'woman'), ('man', 'man')], default='', max_length=6)),
                ('tenure', models.CharField(blank=True, choices=[('rents', 'rented'), ('owns', 'owned')], default='', max_length=5)),
                ('first_time', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], default='', max_length=3)),
                ('is_issued', models.BooleanField(default=False, editable=False)),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='participation.process')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('translations', models.JSONField(blank=True, default=dict)),
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contribution', serialize=False, to='network.post')),
                ('kind', models.CharField(choices=[('statement', 'statement'), ('proposal', 'proposal'), ('comment', 'comment'), ('answer', 'answer to a question'), ('paragraph', 'paragraph of a text')], max_length=10)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('author', models.CharField(choices=[('resident', 'a resident'), ('official', 'the city'), ('machine', 'a computer')], default='resident', max_length=8)),
                ('channel', models.CharField(choices=[('online', 'online'), ('paper', 'on paper'), ('phone', 'by phone'), ('desk', 'in person')], default='online', max_length=6)),
                ('title', models.CharField(blank=True, default='', max_length=160)),
                ('place', models.CharField(blank=True, default='', max_length=160)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('issued_supports', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('shown_at', alliance.core.fields.HourField(blank=True, null=True)),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contributions', to='participation.answer')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='participation.contribution')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contributions', to='participation.contributiongroup')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='participation.process')),
                ('participant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contributions', to='participation.participant')),
            ],
            options={
                'ordering': ['post'],
            },
        ),
        migrations.CreateModel(
            name='Phase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('write', 'write'), ('vote', 'vote'), ('write-and-vote', 'write and vote')], max_length=14)),
                ('title', models.CharField(blank=True, default='', max_length=120)),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phases', to='participation.process')),
            ],
            options={
                'ordering': ['process', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict)),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('decision', 'the decision'), ('answer', 'an answer to each contribution'), ('work', 'work to be done')], max_length=8)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('text', models.CharField(max_length=300)),
                ('due_on', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='promises', to='participation.process')),
            ],
            options={
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='promise',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answer', to='participation.promise'),
        ),
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', alliance.core.fields.HourField()),
                ('contribution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='participation.contribution')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='participation.participant')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='process',
            index=models.Index(fields=['state', '-id'], name='process_state'),
        ),
        migrations.AddConstraint(
            model_name='process',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('answers_by__isnull', False), ('decides_by__isnull', False), ('opened_at__isnull', False), models.Q(('decides_what', ''), _negated=True), models.Q(('decides_who', ''), _negated=True), models.Q(('not_open', ''), _negated=True)), _connector='OR'), name='process_opens_with_promise'),
        ),
        migrations.AddConstraint(
            model_name='process',
            constraint=models.CheckConstraint(condition=models.Q(('statement_length__gte', 60), ('statement_length__lte', 300)), name='process_statement_length'),
        ),
        migrations.AddConstraint(
            model_name='process',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='process_answered_in_words'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('process__isnull', False), models.Q(('ended_on__isnull', False), ('people__isnull', False), models.Q(('title', ''), _negated=True)), _connector='OR'), name='evaluation_of_something'),
        ),
        migrations.AddConstraint(
            model_name='contributiongroup',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='contribution_group_once'),
        ),
        migrations.AddConstraint(
            model_name='censuscount',
            constraint=models.UniqueConstraint(fields=('process', 'trait', 'category'), name='census_count_once'),
        ),
        migrations.AddConstraint(
            model_name='background',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='background_once'),
        ),
        migrations.AddConstraint(
            model_name='background',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('url', ''), models.Q(('solution_id', ''), _negated=True)), models.Q(('solution_id', ''), ('url__startswith', 'https://')), _connector='OR'), name='background_of_one_kind'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(condition=models.Q(('token_digest__isnull', False)), fields=('process', 'token_digest'), name='participant_once_a_browser'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('process', 'user'), name='participant_once_a_person'),
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['process', 'kind', 'shown_at'], name='contribution_shown'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('process', 'number'), name='contribution_number_once'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'comment'), ('parent__isnull', False)), models.Q(models.Q(('kind', 'comment'), _negated=True), ('parent', None)), _connector='OR'), name='contribution_comments_on_one'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='contribution_point_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='phase',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='phase_once'),
        ),
        migrations.AddConstraint(
            model_name='phase',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='phase_closes_after_opening'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['kept_at', 'due_on'], name='promise_open'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'work'), _negated=True), fields=('process', 'kind'), name='promise_once'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kept_at', None), ('outcome', '')), models.Q(('kept_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='promise_kept_in_words'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='answer_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='support',
            constraint=models.UniqueConstraint(fields=('contribution', 'participant'), name='support_once'),
        ),
    ]
