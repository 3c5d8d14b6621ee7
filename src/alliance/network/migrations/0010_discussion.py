import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0009_revisions_of_statements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('need', 'need'), ('offer', 'offer')], max_length=20)),
                ('record_id', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('author_name', models.CharField(blank=True, default='', max_length=120)),
                ('at', models.DateTimeField()),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_because', models.CharField(blank=True, default='', max_length=300)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='network.post')),
                ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['kind', 'record_id', 'id'], name='post_of_record'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hidden_at', None), ('hidden_because', '')), models.Q(('hidden_at__isnull', False), models.Q(('hidden_because', ''), _negated=True)), _connector='OR'), name='post_hidden_with_reason'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['settled_at', 'post'], name='report_open'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('post', 'reported_by'), name='report_once_a_person'),
        ),
    ]
