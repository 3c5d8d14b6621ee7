import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("reports", "0001_reports"),
        ("reports", "0002_needs_are_cited"),
        ("reports", "0003_words"),
    ]

    initial = True

    dependencies = [
        ("network", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('topic', 'best-practice report'), ('city', 'city progress report'), ('network', 'annual report of the network')], max_length=8)),
                ('topic', models.CharField(blank=True, choices=[('innovation-gateways', 'Innovation gateways'), ('equity', 'Equity and environmental justice'), ('indicators', 'Indicators'), ('engaging-citizens', 'Engaging citizens')], default='', max_length=24)),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('made_at', models.DateTimeField()),
                ('city', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='network.city')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='network.organisation')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReportEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('as_of', models.DateField()),
                ('state', models.CharField(choices=[('building', 'being created'), ('failed', 'could not be created'), ('built', 'ready, not published'), ('published', 'published')], db_index=True, default='building', max_length=10)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('faults', models.JSONField(blank=True, default=list)),
                ('content', models.JSONField(blank=True, default=dict)),
                ('files', models.JSONField(blank=True, default=dict)),
                ('asked_at', models.DateTimeField()),
                ('built_at', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='reports.report')),
            ],
            options={
                'ordering': ['report', '-number'],
            },
        ),
        migrations.CreateModel(
            name='RecordRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('case', 'case'), ('solution', 'solution'), ('method', 'method'), ('result', 'result of a method'), ('release', 'indicator release'), ('city', 'city data'), ('adoption', 'adoption'), ('pilot', 'pilot'), ('process', 'process with residents'), ('minutes', 'minutes'), ('need', 'need')], max_length=10)),
                ('record_id', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=40)),
                ('places', models.JSONField(default=list)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reads', to='reports.reportedition')),
            ],
            options={
                'ordering': ['edition', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReportText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chapter', models.CharField(max_length=40)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('text', models.TextField(blank=True, default='')),
                ('written_at', models.DateTimeField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='reports.report')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['report', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('city', None), ('kind', 'topic'), ('year', None), models.Q(('topic', ''), _negated=True)), models.Q(('city__isnull', False), ('kind', 'city'), ('topic', ''), ('year', None)), models.Q(('city', None), ('kind', 'network'), ('topic', ''), ('year__isnull', False)), _connector='OR'), name='report_of_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('topic', ''), _negated=True), fields=('topic',), name='report_once_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('city__isnull', False)), fields=('city',), name='report_once_a_city'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('year__isnull', False)), fields=('year',), name='report_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='reportedition',
            constraint=models.UniqueConstraint(fields=('report', 'number'), name='report_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='reportedition',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published'), _negated=True), fields=('report',), name='report_edition_one_in_work'),
        ),
        migrations.AddConstraint(
            model_name='reportedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('state', 'published')), models.Q(models.Q(('state', 'published'), _negated=True), ('published_at', None)), _connector='OR'), name='report_edition_published_at'),
        ),
        migrations.AddConstraint(
            model_name='recordread',
            constraint=models.UniqueConstraint(fields=('edition', 'kind', 'record_id'), name='record_read_once'),
        ),
    ]
