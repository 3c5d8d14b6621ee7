import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("research", "0001_questions_for_universities"),
        ("research", "0002_who_left_and_longest_texts"),
        ("research", "0003_words"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_version_0_9"),
        ("network", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Collaboration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('credit_name', models.CharField(blank=True, default='', max_length=120)),
                ('credit_orcid', models.CharField(blank=True, default='', max_length=19)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('can', 'can help'), ('cannot', 'cannot help now')], default='', max_length=8)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('plan', models.TextField(blank=True, default='', max_length=2000)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], default='', max_length=2)),
                ('level', models.CharField(blank=True, choices=[('bachelor', 'bachelor’s thesis'), ('master', 'master’s thesis'), ('doctoral', 'doctoral thesis')], default='', max_length=10)),
                ('answer_by', models.DateField(blank=True, null=True)),
                ('reply', models.CharField(blank=True, choices=[('taken-up', 'accepted'), ('declined', 'declined')], default='', max_length=8)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ResearchAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('url', models.URLField(blank=True, default='', max_length=500)),
                ('sent_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('sent', 'waiting for the city'), ('incomplete', 'something is missing'), ('accepted', 'accepted')], default='sent', max_length=10)),
                ('missing', models.TextField(blank=True, default='', max_length=2000)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('collaboration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='research.collaboration')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ResearchAnswerText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('status', models.CharField(choices=[('original', 'original'), ('translated', 'translated, not reviewed'), ('reviewed', 'translated and reviewed')], default='original', max_length=12)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('source_revision', models.PositiveIntegerField(blank=True, null=True)),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField(max_length=8000)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='research.researchanswer')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Researcher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('about', models.TextField(max_length=2000)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('topic', models.CharField(blank=True, choices=[('innovation-gateways', 'Innovation gateways'), ('equity', 'Equity and environmental justice'), ('indicators', 'Indicators'), ('engaging-citizens', 'Engaging citizens')], default='', max_length=24)),
                ('themes', models.JSONField(blank=True, default=list)),
                ('languages', models.JSONField(default=list)),
                ('orcid', models.CharField(blank=True, default='', max_length=19)),
                ('credit', models.CharField(choices=[('name', 'my name and institution'), ('institution', 'my institution only')], default='name', max_length=12)),
                ('agreed_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='researchers', to='network.organisation')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='researcher', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='collaboration',
            name='researcher',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='collaborations', to='research.researcher'),
        ),
        migrations.CreateModel(
            name='ResearchQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('topic', models.CharField(blank=True, choices=[('innovation-gateways', 'Innovation gateways'), ('equity', 'Equity and environmental justice'), ('indicators', 'Indicators'), ('engaging-citizens', 'Engaging citizens')], default='', max_length=24)),
                ('stated_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('themes', models.JSONField(blank=True, default=list)),
                ('deadline', models.DateField()),
                ('outcome', models.CharField(blank=True, choices=[('energy', 'Energy'), ('emissions', 'Emissions'), ('air', 'Air quality'), ('traffic-and-mode', 'Traffic and travel'), ('road-safety', 'Road safety'), ('health-and-heat', 'Health and heat'), ('water', 'Water'), ('waste', 'Waste'), ('nature', 'Nature'), ('participation-and-trust', 'Participation and trust'), ('fairness-and-affordability', 'Fairness and affordability'), ('money', 'Money')], default='', max_length=32)),
                ('wording', models.TextField(blank=True, default='', max_length=5000)),
                ('wording_language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], default='', max_length=2)),
                ('worded_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('answered', 'answered'), ('withdrawn', 'withdrawn')], default='open', max_length=10)),
                ('reason', models.TextField(blank=True, default='', max_length=1000)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('accepted', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered', to='research.researchanswer')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='research_questions', to='cases.casestudy')),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='research_questions', to='network.city')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='research_questions', to='network.need')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('solution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='research_questions', to='cases.solution')),
                ('stated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('worded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['deadline', 'id'],
            },
        ),
        migrations.AddField(
            model_name='collaboration',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='collaborations', to='research.researchquestion'),
        ),
        migrations.CreateModel(
            name='ThesisPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('bachelor', 'bachelor’s thesis'), ('master', 'master’s thesis'), ('doctoral', 'doctoral thesis')], max_length=10)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('researcher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='research.researcher')),
            ],
            options={
                'ordering': ['starts_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='WorkStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('side', models.CharField(choices=[('city', 'the city'), ('researcher', 'the researcher')], max_length=10)),
                ('due_on', models.DateField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('collaboration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='research.collaboration')),
            ],
            options={
                'ordering': ['collaboration', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='researchanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'sent')), models.Q(('decided_at__isnull', False), ('state', 'accepted')), models.Q(('decided_at__isnull', False), ('state', 'incomplete'), models.Q(('missing', ''), _negated=True)), _connector='OR'), name='research_answer_decided'),
        ),
        migrations.AddConstraint(
            model_name='researchanswertext',
            constraint=models.UniqueConstraint(fields=('answer', 'language'), name='research_answer_text_once'),
        ),
        migrations.AddIndex(
            model_name='researchquestion',
            index=models.Index(fields=['state', 'deadline'], name='research_question_due'),
        ),
        migrations.AddConstraint(
            model_name='researchquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted', None), ('ended_at', None), ('state', 'open')), models.Q(('accepted__isnull', False), ('ended_at__isnull', False), ('state', 'answered')), models.Q(('accepted', None), ('ended_at__isnull', False), ('state', 'withdrawn'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='research_question_closes_with_answer'),
        ),
        migrations.AddConstraint(
            model_name='researchquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('solution', None)), models.Q(models.Q(('outcome', ''), _negated=True), ('solution__isnull', False)), _connector='OR'), name='research_question_gap_whole'),
        ),
        migrations.AddConstraint(
            model_name='collaboration',
            constraint=models.UniqueConstraint(fields=('question', 'researcher'), name='collaboration_once_a_researcher'),
        ),
        migrations.AddConstraint(
            model_name='collaboration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', 'can'), _negated=True), models.Q(('answer_by__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='collaboration_with_a_day'),
        ),
        migrations.AddConstraint(
            model_name='collaboration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('reply', '')), models.Q(('answer', 'can'), ('replied_at__isnull', False)), _connector='OR'), name='collaboration_replied_to_yes'),
        ),
        migrations.AddConstraint(
            model_name='thesisperiod',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='thesis_period_in_order'),
        ),
        migrations.AddConstraint(
            model_name='workstep',
            constraint=models.UniqueConstraint(fields=('collaboration', 'number'), name='work_step_once'),
        ),
    ]
