import alliance.core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("dialogues", "0001_votes"),
        ("dialogues", "0002_weighted_results"),
        ("dialogues", "0003_times_to_the_hour"),
        ("dialogues", "0004_open_files"),
        ("dialogues", "0005_leaving_together"),
    ]

    initial = True

    dependencies = [
        ("participation", "0001_version_0_9"),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenFiles',
            fields=[
                ('issued_at', models.DateTimeField()),
                ('people', models.JSONField(default=dict)),
                ('left_out', models.JSONField(default=list)),
                ('is_reduced', models.BooleanField(default=False)),
                ('leaving', models.JSONField(default=list)),
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='open_files', serialize=False, to='participation.process')),
                ('votes', models.BinaryField(default=b'')),
                ('statements', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Opinions',
            fields=[
                ('process', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='opinions', serialize=False, to='participation.process')),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('votes_digest', models.CharField(max_length=64)),
                ('result', models.JSONField(default=dict)),
                ('priorities', models.JSONField(default=dict)),
                ('weighted', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['process'],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.SmallIntegerField(choices=[(1, 'agree'), (-1, 'disagree'), (0, 'pass')])),
                ('is_important', models.BooleanField(default=False)),
                ('at', alliance.core.fields.HourField()),
                ('changes', models.PositiveIntegerField(default=0)),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='participation.participant')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='participation.contribution')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('participant', 'statement'), name='vote_once'), models.CheckConstraint(condition=models.Q(('value__in', [-1, 0, 1])), name='vote_known')],
            },
        ),
    ]
