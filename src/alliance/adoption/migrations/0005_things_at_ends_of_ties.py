import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0004_ties'),
        ('network', '0017_adoptions_are_discussed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('proposal', 'proposal'), ('decision', 'decision'), ('need', 'need'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12)),
                ('public_id', models.CharField(max_length=80)),
                ('shown', models.JSONField()),
                ('city', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.city')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.city')),
            ],
        ),
        # A join has no column: the tables stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name='tie',
                    name='first',
                    field=models.ForeignObject(editable=False, from_fields=['first_kind', 'first_id'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='adoption.thing', to_fields=['kind', 'public_id']),
                ),
                migrations.AddField(
                    model_name='tie',
                    name='second',
                    field=models.ForeignObject(editable=False, from_fields=['second_kind', 'second_id'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='adoption.thing', to_fields=['kind', 'public_id']),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='tie',
            index=models.Index(fields=['relation', 'day'], name='tie_relation'),
        ),
        migrations.AddConstraint(
            model_name='thing',
            constraint=models.UniqueConstraint(fields=('kind', 'public_id'), name='adoption_thing_once'),
        ),
    ]
