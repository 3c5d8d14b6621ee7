import django.db.models.deletion
from django.db import migrations, models

from alliance.adoption.rules import PAIRS


def stated(apps, schema_editor):
    """Each link that a team stated is a tie; what data imply comes with the next run of the worker."""
    Link = apps.get_model("adoption", "Link")
    Tie = apps.get_model("adoption", "Tie")
    names = ("first_kind", "first_id", "second_kind", "second_id")
    Tie.objects.bulk_create(
        Tie(
            **{name: getattr(link, name) for name in names},
            relation=PAIRS[link.first_kind, link.second_kind].value,
            day=link.stated_at.date(),
            is_public=True,
            link=link,
        )
        for link in Link.objects.order_by("pk").iterator()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0003_agreements_become_adoptions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_kind', models.CharField(choices=[('proposal', 'proposal'), ('decision', 'decision'), ('need', 'need'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12)),
                ('first_id', models.CharField(max_length=80)),
                ('second_kind', models.CharField(choices=[('proposal', 'proposal'), ('decision', 'decision'), ('need', 'need'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12)),
                ('second_id', models.CharField(max_length=80)),
                ('relation', models.CharField(choices=[('tries', 'tries'), ('became', 'became'), ('measured-by', 'is measured by'), ('trial-of', 'is a trial of'), ('adapted-from', 'was adapted from'), ('acts-on', 'measured something that bears on'), ('adopts', 'adopts'), ('led-to', 'led to'), ('answered-by', 'is answered by'), ('followed-by', 'is followed by the figures of'), ('looked-at', 'looked at'), ('discussed', 'discussed')], max_length=12)),
                ('day', models.DateField(blank=True, null=True)),
                ('is_public', models.BooleanField(default=False)),
                ('rank', models.PositiveSmallIntegerField(default=0)),
                ('link', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tie', to='adoption.link')),
            ],
            options={
                'ordering': ['rank', 'first_id', 'second_id'],
                'indexes': [models.Index(fields=['second_kind', 'second_id'], name='tie_second')],
                'constraints': [models.UniqueConstraint(fields=('first_kind', 'first_id', 'second_kind', 'second_id', 'relation'), name='tie_once')],
            },
        ),
        migrations.RunPython(stated, migrations.RunPython.noop),
    ]
