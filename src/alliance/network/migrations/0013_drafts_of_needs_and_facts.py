import alliance.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0012_answers_to_posts'),
    ]

    operations = [
        migrations.AddField(
            model_name='city',
            name='facts',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name='StatementDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, max_length=80, unique=True)),
                ('origin', models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members')], default='members', max_length=10)),
                ('starter_digest', models.CharField(blank=True, default='', max_length=64)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('need', 'need'), ('offer', 'offer')], max_length=6)),
                ('theme', models.CharField(choices=[('mobility', 'Mobility'), ('air-quality', 'Air quality'), ('health', 'Health'), ('climate-mitigation', 'Climate mitigation'), ('climate-adaptation', 'Climate adaptation'), ('energy', 'Energy'), ('waste', 'Waste'), ('circular-economy', 'Circular economy'), ('road-safety', 'Road safety'), ('housing', 'Housing'), ('public-space', 'Public space'), ('water', 'Water'), ('nature', 'Nature'), ('food', 'Food'), ('governance-and-democracy', 'Governance and democracy')], max_length=32)),
                ('title', models.CharField(max_length=160)),
                ('title_fr', models.CharField(max_length=160)),
                ('title_sv', models.CharField(max_length=160)),
                ('text', models.TextField()),
                ('text_fr', models.TextField()),
                ('text_sv', models.TextField()),
                ('source_title', models.CharField(max_length=300)),
                ('source_url', models.URLField(max_length=500)),
                ('state', models.CharField(choices=[('open', 'waits for the city'), ('confirmed', 'confirmed'), ('rejected', 'rejected')], default='open', max_length=10)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
            ],
            options={
                'ordering': ['public_id'],
            },
        ),
    ]
