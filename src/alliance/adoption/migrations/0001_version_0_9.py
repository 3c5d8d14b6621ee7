import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("adoption", "0001_steps_and_links"),
        ("adoption", "0002_adoptions"),
        ("adoption", "0003_agreements_become_adoptions"),
        ("adoption", "0004_ties"),
        ("adoption", "0005_things_at_ends_of_ties"),
        ("adoption", "0006_peer_reviews_of_adoptions"),
        ("adoption", "0007_pilots_begun_from_adoptions"),
        ("adoption", "0008_processes_and_their_proposals"),
        ("adoption", "0009_fairness_checks"),
        ("adoption", "0010_sides_of_justice"),
        ("adoption", "0011_questions_for_universities"),
        ("adoption", "0012_kinds_of_things"),
        ("adoption", "0013_tasks_as_codes"),
        ("adoption", "0014_measures_by_name"),
        ("adoption", "0015_words"),
        ("thread", "0001_steps_and_links"),
        ("thread", "0002_tables_of_adoption"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_version_0_9"),
        ("equity", "0001_version_0_9"),
        ("network", "0001_version_0_9"),
        ("testbeds", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('subject_kind', models.CharField(blank=True, choices=[('case', 'case'), ('solution', 'solution')], default='', max_length=10)),
                ('subject_id', models.CharField(blank=True, default='', max_length=80)),
                ('subject_title', models.CharField(blank=True, default='', max_length=200)),
                ('subject_language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], default='', max_length=2)),
                ('stage', models.CharField(choices=[('need', 'need'), ('chosen', 'solution chosen'), ('agreed', 'agreed'), ('planned', 'planned'), ('piloted', 'in a pilot'), ('rolled-out', 'rolled out'), ('stopped', 'stopped'), ('reported', 'result published')], default='need', max_length=10)),
                ('aim', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('started_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('public_at', models.DateTimeField(blank=True, null=True)),
                ('source_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('adopter_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('first_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('source_contact_role', models.CharField(blank=True, default='', max_length=120)),
                ('adopter_contact_role', models.CharField(blank=True, default='', max_length=120)),
                ('owner', models.CharField(blank=True, default='', max_length=120)),
                ('measure', models.CharField(blank=True, default='', max_length=120)),
                ('unit', models.CharField(blank=True, default='', max_length=80)),
                ('baseline', models.FloatField(blank=True, null=True)),
                ('baseline_year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('conditions', models.TextField(blank=True, default='')),
                ('costs', models.TextField(blank=True, default='')),
                ('budget_minor', models.BigIntegerField(blank=True, null=True)),
                ('budget_currency', models.CharField(blank=True, default='', max_length=3)),
                ('risks', models.TextField(blank=True, default='')),
                ('justice', models.JSONField(blank=True, default=dict)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('ending', models.CharField(blank=True, choices=[('adopted', 'rolled out'), ('stopped', 'stopped'), ('declined', 'declined')], default='', max_length=10)),
                ('outcome', models.TextField(blank=True, default='')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('adopter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('adopter_agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('adopter_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('adopting_city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='network.city')),
                ('fairness', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='adoptions', to='equity.distributioncheck')),
                ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='network.need')),
                ('pilot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='adoptions', to='testbeds.pilot')),
                ('planned_pilot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='planned_from', to='testbeds.pilot')),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='adoptions', to='cases.casestudy')),
                ('reviews', models.ManyToManyField(blank=True, related_name='adoptions', to='network.peerreview')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('source_agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source_city', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adoptions_helped', to='network.city')),
                ('source_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AdoptionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('side', models.CharField(choices=[('source', 'the city with the experience'), ('adopter', 'the adopting city'), ('both', 'both cities')], max_length=8)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('adoption', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='adoption.adoption')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['adoption', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('stated_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('first_kind', models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('research-question', 'question for universities'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=20)),
                ('first_id', models.CharField(max_length=80)),
                ('second_kind', models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('research-question', 'question for universities'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=20)),
                ('second_id', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=300)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('stated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'thread_link',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('stated_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('proposal', 'proposal'), ('decision', 'decision'), ('workshop', 'workshop')], max_length=10)),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField(blank=True, default='')),
                ('happened_on', models.DateField()),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('expected_by', models.DateField(blank=True, null=True)),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thread_steps', to='network.city')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('stated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'thread_step',
                'ordering': ['-happened_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('research-question', 'question for universities'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=20)),
                ('public_id', models.CharField(max_length=80)),
                ('shown', models.JSONField()),
                ('city', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.city')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.city')),
            ],
        ),
        migrations.CreateModel(
            name='Tie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_kind', models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('research-question', 'question for universities'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=20)),
                ('first_id', models.CharField(max_length=80)),
                ('second_kind', models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('research-question', 'question for universities'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=20)),
                ('second_id', models.CharField(max_length=80)),
                ('relation', models.CharField(choices=[('tries', 'tries'), ('became', 'became'), ('measured-by', 'is measured by'), ('trial-of', 'is a trial of'), ('adapted-from', 'was adapted from'), ('acts-on', 'measured an effect related to'), ('adopts', 'adopts'), ('led-to', 'led to'), ('answered-by', 'is answered by'), ('followed-by', 'was followed up with figures from'), ('looked-at', 'reviewed'), ('discussed', 'discussed')], max_length=12)),
                ('day', models.DateField(blank=True, null=True)),
                ('is_public', models.BooleanField(default=False)),
                ('rank', models.PositiveSmallIntegerField(default=0)),
                ('first', models.ForeignObject(editable=False, from_fields=['first_kind', 'first_id'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='adoption.thing', to_fields=['kind', 'public_id'])),
                ('link', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tie', to='adoption.link')),
                ('second', models.ForeignObject(editable=False, from_fields=['second_kind', 'second_id'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='adoption.thing', to_fields=['kind', 'public_id'])),
            ],
            options={
                'ordering': ['rank', 'first_id', 'second_id'],
            },
        ),
        migrations.AddIndex(
            model_name='adoption',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='adoption_subject'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', None), ('source_city', None)), models.Q(('source__isnull', False), ('source_city__isnull', False), models.Q(('source_city', models.F('adopting_city')), _negated=True)), _connector='OR'), name='adoption_of_two_cities'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage', 'agreed'), _negated=True), models.Q(('adopter_agreed_at__isnull', False), ('source_agreed_at__isnull', False)), _connector='OR'), name='adoption_agreed_by_both'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('need__isnull', False), models.Q(('subject_id', ''), _negated=True), _connector='OR'), name='adoption_of_something'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), models.Q(('subject_id', ''), _negated=True)), fields=('adopting_city', 'source_city', 'subject_kind', 'subject_id'), name='adoption_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('source', None), models.Q(('subject_id', ''), _negated=True)), fields=('adopting_city', 'subject_kind', 'subject_id'), name='adoption_once_without_partner'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('subject_id', '')), fields=('need', 'source_city'), name='adoption_once_a_need'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('budget_currency', ''), ('budget_minor', None)), models.Q(('budget_minor__gte', 0), models.Q(('budget_currency', ''), _negated=True)), _connector='OR'), name='adoption_budget_has_currency'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='adoption_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ending', '')), models.Q(models.Q(('ending', ''), _negated=True), ('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='adoption_ends_with_outcome'),
        ),
        migrations.AddConstraint(
            model_name='adoptionstep',
            constraint=models.UniqueConstraint(fields=('adoption', 'number'), name='adoption_step_once'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['second_kind', 'second_id'], name='thread_link_second'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('first_kind', 'first_id', 'second_kind', 'second_id'), name='thread_link_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('first_id', models.F('second_id')), ('first_kind', models.F('second_kind')), _negated=True), name='thread_link_of_two'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='thread_link_with_reason'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['kind', '-happened_on'], name='thread_step_newest'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('expected_by', None), ('kind', 'decision'), _connector='OR'), name='thread_step_expects_of_decisions'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('expected_by', None), ('expected_by__gte', models.F('happened_on')), _connector='OR'), name='thread_step_expects_later'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), ('url__startswith', 'https://'), _connector='OR'), name='thread_step_https'),
        ),
        migrations.AddConstraint(
            model_name='thing',
            constraint=models.UniqueConstraint(fields=('kind', 'public_id'), name='adoption_thing_once'),
        ),
        migrations.AddIndex(
            model_name='tie',
            index=models.Index(fields=['second_kind', 'second_id'], name='tie_second'),
        ),
        migrations.AddIndex(
            model_name='tie',
            index=models.Index(fields=['relation', 'day'], name='tie_relation'),
        ),
        migrations.AddConstraint(
            model_name='tie',
            constraint=models.UniqueConstraint(fields=('first_kind', 'first_id', 'second_kind', 'second_id', 'relation'), name='tie_once'),
        ),
    ]
