from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0007_pilots_begun_from_adoptions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='link',
            name='first_kind',
            field=models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12),
        ),
        migrations.AlterField(
            model_name='link',
            name='second_kind',
            field=models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12),
        ),
        migrations.AlterField(
            model_name='thing',
            name='kind',
            field=models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12),
        ),
        migrations.AlterField(
            model_name='tie',
            name='first_kind',
            field=models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12),
        ),
        migrations.AlterField(
            model_name='tie',
            name='second_kind',
            field=models.CharField(choices=[('proposal', 'proposal'), ('contribution', 'residents’ proposal'), ('decision', 'decision'), ('need', 'need'), ('process', 'dialogue'), ('offer', 'offer'), ('solution', 'solution'), ('agreement', 'adoption'), ('pilot', 'pilot'), ('indicator', 'indicator'), ('case', 'case'), ('peer-review', 'peer review'), ('workshop', 'workshop')], max_length=12),
        ),
    ]
