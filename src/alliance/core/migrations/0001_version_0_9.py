import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_background_jobs"),
        ("core", "0003_throttle"),
        ("core", "0004_audit_search"),
        ("core", "0005_jobs_of_the_digest"),
        ("core", "0006_jobs_by_status"),
        ("core", "0007_write_counts"),
        ("core", "0008_counts_of_a_day"),
    ]

    initial = True

    dependencies = [
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledTask',
            fields=[
                ('task_path', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SharedCacheEntry',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'shared_cache',
            },
        ),
        migrations.CreateModel(
            name='TaskState',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='state', serialize=False, to='django_tasks_database.dbtaskresult')),
                ('key', models.CharField(max_length=200, null=True, unique=True)),
                ('again', models.BooleanField(default=False)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('token', models.PositiveIntegerField(default=0)),
                ('worker', models.CharField(default='', max_length=120)),
                ('expires_at', models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ThrottleCount',
            fields=[
                ('key_digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('opened_at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ThrottleKey',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='WriteCount',
            fields=[
                ('key_digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('opened_at', models.BigIntegerField(db_index=True)),
                ('saves', models.PositiveBigIntegerField()),
                ('size', models.PositiveBigIntegerField()),
                ('files', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor_label', models.CharField(max_length=80)),
                ('verb', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=40)),
                ('public_id', models.CharField(max_length=80)),
                ('details', models.JSONField(default=dict)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['kind', 'public_id'], name='audit_record'), models.Index(fields=['actor_label', 'id'], name='audit_who'), models.Index(fields=['verb', 'id'], name='audit_verb'), models.Index(fields=['kind', 'id'], name='audit_kind'), models.Index(fields=['public_id', 'id'], name='audit_public_id'), models.Index(fields=['at'], name='audit_time')],
            },
        ),
    ]
