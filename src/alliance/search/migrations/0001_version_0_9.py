from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("search", "0001_initial"),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='IndexState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.PositiveIntegerField(default=0)),
                ('stamps', models.JSONField(default=dict)),
                ('cursor', models.BigIntegerField(default=0)),
                ('gaps', models.JSONField(default=dict)),
                ('version', models.CharField(blank=True, default='', max_length=40)),
                ('refreshed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='IndexedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('public_id', models.CharField(max_length=80)),
                ('language', models.CharField(max_length=2)),
                ('shown', models.JSONField(default=dict)),
                ('terms', models.JSONField(default=dict)),
                ('generation', models.PositiveIntegerField(db_index=True)),
                ('deleted', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'public_id', 'language'), name='indexed_document_once')],
            },
        ),
    ]
