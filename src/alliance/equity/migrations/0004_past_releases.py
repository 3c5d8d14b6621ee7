import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0003_challenges_to_areas'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('groups', models.JSONField()),
                ('replaced_at', models.DateTimeField()),
                ('area_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past', to='equity.areaset')),
            ],
            options={
                'ordering': ['area_set', 'id'],
                'indexes': [models.Index(fields=['area_set', 'year'], name='past_release_year')],
            },
        ),
    ]
