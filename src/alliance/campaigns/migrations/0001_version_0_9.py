import alliance.core.fields
import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("campaigns", "0001_campaigns"),
        ("campaigns", "0002_case_of_result"),
        ("campaigns", "0003_times_to_the_hour"),
        ("campaigns", "0004_issued_pledges"),
        ("campaigns", "0005_words"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_version_0_9"),
        ("participation", "0001_version_0_9"),
        ("writing", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='campaign', serialize=False, to='participation.process')),
                ('step', models.CharField(max_length=200)),
                ('step_place', models.CharField(max_length=160)),
                ('step_when', models.CharField(max_length=160)),
                ('outcome', models.CharField(blank=True, default='', max_length=120)),
                ('unit', models.CharField(blank=True, default='', max_length=80)),
                ('direction', models.CharField(choices=[('lower-is-better', 'lower is better'), ('higher-is-better', 'higher is better')], default='lower-is-better', max_length=16)),
                ('before', models.CharField(blank=True, default='', max_length=160)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('salt', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80)),
                ('issued', models.JSONField(default=dict, editable=False)),
                ('draft', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaigns', to='writing.draft')),
                ('methods', models.ManyToManyField(blank=True, related_name='campaigns', to='cases.method')),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('participant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='pledge', serialize=False, to='participation.participant')),
                ('at', alliance.core.fields.HourField()),
                ('did', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], default='', max_length=3)),
                ('did_at', alliance.core.fields.HourField(blank=True, null=True)),
            ],
            options={
                'ordering': ['participant'],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('columns', models.JSONField()),
                ('result', models.JSONField()),
                ('at', models.DateTimeField()),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='campaigns.campaign')),
            ],
            options={
                'ordering': ['campaign', 'number'],
            },
        ),
        migrations.CreateModel(
            name='UnitList',
            fields=[
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='list', serialize=False, to='campaigns.campaign')),
                ('kind', models.CharField(choices=[('area', 'whole blocks or areas, because neighbours talk to each other'), ('household', 'individual households')], max_length=10)),
                ('chosen', models.CharField(choices=[('lots', 'by lot: the platform draws at random'), ('by-hand', 'already decided')], max_length=8)),
                ('columns', models.JSONField()),
                ('n', models.PositiveIntegerField()),
                ('n_in', models.PositiveIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('units_sha256', models.CharField(max_length=64)),
                ('in_sha256', models.CharField(max_length=64)),
                ('balance', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['campaign'],
            },
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='campaign_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='campaign_outcome_once'),
        ),
        migrations.AddConstraint(
            model_name='unitlist',
            constraint=models.CheckConstraint(condition=models.Q(('n_in__gt', 0), ('n_in__lt', models.F('n'))), name='campaign_two_groups'),
        ),
    ]
