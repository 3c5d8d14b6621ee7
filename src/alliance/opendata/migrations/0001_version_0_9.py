import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("opendata", "0001_feed_and_subscriptions"),
        ("opendata", "0002_words"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FeedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=10)),
                ('public_id', models.CharField(db_index=True, max_length=80)),
                ('version', models.PositiveIntegerField()),
                ('licence', models.CharField(max_length=40)),
                ('withdrawn', models.BooleanField(default=False)),
                ('because', models.TextField(blank=True, default='')),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('previous', models.CharField(blank=True, default='', max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('content', models.TextField(blank=True, null=True)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('address', models.CharField(max_length=300, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('new', 'key not confirmed yet'), ('active', 'updated every hour'), ('paused', 'paused'), ('stopped', 'stopped: there is a problem'), ('ended', 'ended')], default='new', max_length=8)),
                ('preview', models.JSONField(blank=True, default=dict)),
                ('last_number', models.PositiveBigIntegerField(default=0)),
                ('last_digest', models.CharField(blank=True, default='', max_length=64)),
                ('last_at', models.DateTimeField(blank=True, null=True)),
                ('fetched_at', models.DateTimeField(blank=True, null=True)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('fault', models.JSONField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'address'],
            },
        ),
        migrations.CreateModel(
            name='UpstreamRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('public_id', models.CharField(max_length=80)),
                ('title', models.CharField(blank=True, default='', max_length=200)),
                ('version', models.PositiveIntegerField()),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('licence', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('taken', 'shown here'), ('withdrawn', 'withdrawn by the other network'), ('conflict', 'different from our version'), ('ours', 'our version kept'), ('held', 'not imported'), ('hidden', 'withdrawn by our secretariat')], max_length=10)),
                ('faults', models.JSONField(blank=True, default=list)),
                ('content', models.JSONField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='opendata.subscription')),
            ],
            options={
                'ordering': ['public_id'],
                'constraints': [models.UniqueConstraint(fields=('subscription', 'kind', 'public_id'), name='upstream_record_once')],
            },
        ),
    ]
