import alliance.core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("surveys", "0001_surveys"),
        ("surveys", "0002_maps"),
        ("surveys", "0003_times_to_the_hour"),
        ("surveys", "0004_team_files"),
    ]

    initial = True

    dependencies = [
        ("equity", "0001_version_0_9"),
        ("participation", "0001_version_0_9"),
    ]

    operations = [
        migrations.CreateModel(
            name='Findings',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='findings', serialize=False, to='participation.process')),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('digest', models.CharField(max_length=64)),
                ('result', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='TeamFile',
            fields=[
                ('issued_at', models.DateTimeField()),
                ('people', models.JSONField(default=dict)),
                ('left_out', models.JSONField(default=list)),
                ('is_reduced', models.BooleanField(default=False)),
                ('leaving', models.JSONField(default=list)),
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='survey_team_file', serialize=False, to='participation.process')),
                ('rows', models.BinaryField(default=b'')),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Ground',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='survey_ground', serialize=False, to='participation.process')),
                ('km', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('only', models.TextField(blank=True, default='')),
                ('cells', models.JSONField(default=list)),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('area_set', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='equity.areaset')),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('questions', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='survey_versions', to='participation.process')),
            ],
            options={
                'ordering': ['process', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('participant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='survey_response', serialize=False, to='participation.participant')),
                ('answers', models.JSONField(default=dict)),
                ('draft', models.JSONField(default=dict)),
                ('started_at', alliance.core.fields.HourField()),
                ('changed_at', alliance.core.fields.HourField()),
                ('sent_at', alliance.core.fields.HourField(blank=True, null=True)),
                ('changes', models.PositiveIntegerField(default=0)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.version')),
            ],
            options={
                'ordering': ['participant'],
            },
        ),
        migrations.CreateModel(
            name='OpenAnswer',
            fields=[
                ('contribution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='open_answer', serialize=False, to='participation.contribution')),
                ('key', models.CharField(max_length=10)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('response', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='open_answers', to='surveys.response')),
            ],
            options={
                'ordering': ['contribution'],
                'constraints': [models.UniqueConstraint(fields=('response', 'key', 'place'), name='survey_open_answer_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='survey_version_once'),
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(fields=['version', 'sent_at'], name='survey_response_sent'),
        ),
    ]
