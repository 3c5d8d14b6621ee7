import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("plans", "0001_plans"),
    ]

    initial = True

    dependencies = [
        ("participation", "0001_version_0_9"),
    ]

    operations = [
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('note', models.TextField(blank=True, default='')),
                ('made_at', models.DateTimeField()),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan_versions', to='participation.process')),
            ],
            options={
                'ordering': ['process', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Paragraph',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='paragraphs', to='participation.contribution')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='paragraphs', to='plans.version')),
            ],
            options={
                'ordering': ['version', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('process', 'number'), name='plan_version_once'),
        ),
        migrations.AddConstraint(
            model_name='paragraph',
            constraint=models.UniqueConstraint(fields=('version', 'number'), name='plan_paragraph_once'),
        ),
    ]
