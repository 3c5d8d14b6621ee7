import alliance.core.ids
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("workshops", "0001_workshops"),
        ("workshops", "0002_whom_to_meet"),
        ("workshops", "0003_new_addresses"),
        ("workshops", "0004_words"),
    ]

    initial = True

    dependencies = [
        ("groups", "0001_version_0_9"),
        ("network", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('state', models.CharField(choices=[('draft', 'being prepared'), ('announced', 'announced'), ('cancelled', 'cancelled')], db_index=True, default='draft', max_length=10)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('titles', models.JSONField(default=dict)),
                ('summaries', models.JSONField(blank=True, default=dict)),
                ('costs', models.JSONField(blank=True, default=dict)),
                ('place', models.CharField(blank=True, default='', max_length=160)),
                ('zone', models.CharField(max_length=40)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('spoken', models.JSONField(blank=True, default=list)),
                ('capacity', models.PositiveIntegerField()),
                ('sign_up_by', models.DateField()),
                ('online_url', models.URLField(blank=True, default='', max_length=400)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('tables', models.JSONField(blank=True, default=dict)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_because', models.TextField(blank=True, default='')),
                ('city', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='network.city')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='workshops', to='groups.topicgroup')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('minutes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='workshop', to='groups.minutes')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='network.organisation')),
            ],
            options={
                'ordering': ['first_day', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('titles', models.JSONField(default=dict)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('room', models.CharField(blank=True, default='', max_length=80)),
                ('speakers', models.JSONField(blank=True, default=list)),
                ('url', models.URLField(blank=True, default='', max_length=400)),
                ('is_break', models.BooleanField(default=False)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField()),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='workshops.workshop')),
            ],
            options={
                'ordering': ['starts_at', 'room', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('zone', models.CharField(max_length=40)),
                ('affiliation', models.CharField(blank=True, default='', max_length=160)),
                ('attendance', models.CharField(choices=[('on-site', 'in person'), ('remote', 'online')], default='on-site', max_length=8)),
                ('state', models.CharField(choices=[('asked', 'email not confirmed'), ('in', 'has a place'), ('waiting', 'on the waiting list')], max_length=8)),
                ('number', models.PositiveIntegerField(default=0)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('code', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=12)),
                ('link_number', models.PositiveIntegerField(default=0)),
                ('calendar_number', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField()),
                ('in_at', models.DateTimeField(blank=True, null=True)),
                ('checked_in_at', models.DateTimeField(blank=True, null=True)),
                ('may_meet', models.BooleanField(default=False)),
                ('learns', models.JSONField(blank=True, default=list)),
                ('tells', models.JSONField(blank=True, default=list)),
                ('about', models.CharField(blank=True, default='', max_length=300)),
                ('city', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.city')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='workshop_registrations', to=settings.AUTH_USER_MODEL)),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='workshops.workshop')),
            ],
            options={
                'ordering': ['workshop', 'number', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('texts', models.JSONField(default=dict)),
                ('kind', models.CharField(choices=[('text', 'free text'), ('yes-no', 'yes or no'), ('choice', 'one of several answers')], default='text', max_length=8)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('is_needed', models.BooleanField(default=False)),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='workshops.workshop')),
            ],
            options={
                'ordering': ['workshop', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('reasons', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workshops.registration')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workshops.registration')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='workshops.workshop')),
            ],
            options={
                'ordering': ['workshop', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('file_name', models.CharField(max_length=160)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='workshops.workshop')),
            ],
            options={
                'ordering': ['workshop', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('registration', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='feedback', serialize=False, to='workshops.registration')),
                ('score', models.PositiveSmallIntegerField()),
                ('useful', models.TextField(blank=True, default='')),
                ('better', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['registration'],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='workshop_score_to_five')],
            },
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='workshop_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gt', 0)), name='workshop_has_places'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(fields=['workshop', 'state', 'number'], name='workshop_seats'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(models.F('workshop'), django.db.models.functions.text.Lower('email'), name='workshop_registration_once'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('workshop', 'user'), name='workshop_account_once'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('workshop', 'code'), name='workshop_code_once'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(condition=models.Q(('number__gt', 0)), fields=('workshop', 'number'), name='workshop_number_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('workshop', 'number'), name='workshop_question_once'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='workshop_meeting_once'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='workshop_meeting_in_order'),
        ),
        migrations.AddConstraint(
            model_name='material',
            constraint=models.UniqueConstraint(fields=('workshop', 'sha256'), name='workshop_file_once'),
        ),
    ]
