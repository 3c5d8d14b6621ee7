import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("groups", "0001_groups"),
        ("groups", "0002_texts_of_deliverables"),
        ("groups", "0003_group_files"),
        ("groups", "0004_mandates_in_languages"),
        ("groups", "0005_words"),
    ]

    initial = True

    dependencies = [
        ("network", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('held_on', models.DateField()),
                ('text', models.TextField(blank=True, default='')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('is_public', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'minutes',
                'ordering': ['-held_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=300)),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lessons', to='groups.minutes')),
            ],
            options={
                'ordering': ['minutes', 'number', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=300)),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='groups.minutes')),
            ],
            options={
                'ordering': ['minutes', 'number', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TopicGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('topic', models.CharField(blank=True, choices=[('innovation-gateways', 'Innovation gateways'), ('equity', 'Equity and environmental justice'), ('indicators', 'Indicators'), ('engaging-citizens', 'Engaging citizens')], default='', max_length=24)),
                ('title', models.CharField(blank=True, default='', max_length=120)),
                ('mandate', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('mandate_in', models.JSONField(blank=True, default=dict)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='minutes',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='groups.topicgroup'),
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'member'), ('lead', 'lead')], default='member', max_length=8)),
                ('since', models.DateTimeField()),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topic_groups', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='groups.topicgroup')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='GroupDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('file_name', models.CharField(blank=True, default='', max_length=160)),
                ('media_type', models.CharField(blank=True, default='', max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='groups.topicgroup')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Deliverable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('report', 'report'), ('guide', 'guide or method'), ('indicators', 'set of indicators'), ('event', 'workshop or visit'), ('funding', 'joint funding application'), ('other', 'something else')], default='report', max_length=10)),
                ('title', models.CharField(max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('due_on', models.DateField()),
                ('call', models.CharField(blank=True, default='', max_length=200)),
                ('funded', models.CharField(blank=True, choices=[('granted', 'granted'), ('declined', 'declined')], default='', max_length=8)),
                ('delivered_on', models.DateField(blank=True, null=True)),
                ('result', models.TextField(blank=True, default='')),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('stated_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('partners', models.ManyToManyField(blank=True, related_name='+', to='network.organisation')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliverables', to='groups.topicgroup')),
            ],
            options={
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DeliverableText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('title', models.CharField(max_length=160)),
                ('body', models.TextField()),
                ('changed', models.CharField(blank=True, default='', max_length=300)),
                ('is_starter', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField()),
                ('deliverable', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='groups.deliverable')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number', 'id'],
                'constraints': [models.UniqueConstraint(fields=('deliverable', 'number', 'language'), name='deliverable_text_once'), models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='deliverable_text_in_words')],
            },
        ),
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=300)),
                ('had_owner', models.BooleanField(default=False)),
                ('due_on', models.DateField()),
                ('given_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.TextField(blank=True, default='')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='action_items', to=settings.AUTH_USER_MODEL)),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='groups.minutes')),
            ],
            options={
                'ordering': ['minutes', 'number', 'id'],
                'abstract': False,
                'indexes': [models.Index(fields=['done_at', 'due_on'], name='action_item_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner__isnull', True), ('had_owner', True), _connector='OR'), name='action_item_had_owner'), models.CheckConstraint(condition=models.Q(('had_owner', True), ('organisation__isnull', False), _connector='OR'), name='action_item_of_somebody')],
            },
        ),
        migrations.AddConstraint(
            model_name='topicgroup',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), models.Q(('topic', ''), _negated=True)), fields=('topic',), name='topic_group_once_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='topicgroup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('topic', ''), _negated=True), models.Q(('title', ''), _negated=True), _connector='OR'), name='topic_group_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='minutes',
            constraint=models.CheckConstraint(condition=models.Q(('group__isnull', False), ('organisation__isnull', False), _connector='OR'), name='minutes_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(fields=('group', 'user'), name='group_member_once'),
        ),
        migrations.AddConstraint(
            model_name='groupdocument',
            constraint=models.UniqueConstraint(condition=models.Q(('url', ''), _negated=True), fields=('group', 'url'), name='group_document_url_once'),
        ),
        migrations.AddConstraint(
            model_name='groupdocument',
            constraint=models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('group', 'sha256'), name='group_document_file_once'),
        ),
        migrations.AddConstraint(
            model_name='groupdocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), ('url__startswith', 'https://')), models.Q(('url', ''), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='group_document_url_or_file'),
        ),
        migrations.AddConstraint(
            model_name='deliverable',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), ('url__startswith', 'https://'), _connector='OR'), name='deliverable_https'),
        ),
        migrations.AddConstraint(
            model_name='deliverable',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'funding'), models.Q(('call', ''), ('funded', '')), _connector='OR'), name='deliverable_call_of_proposals'),
        ),
    ]
