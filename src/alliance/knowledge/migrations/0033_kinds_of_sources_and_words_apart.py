from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0032_tallies_by_an_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='source',
            name='kind',
            field=models.CharField(choices=[('peer-reviewed', 'peer-reviewed article'), ('research-report', 'research report'), ('public-body', 'public body'), ('city', 'the city itself'), ('company', 'company'), ('network', 'city network'), ('civil-society', 'civil society'), ('press', 'press'), ('encyclopedia', 'encyclopedia'), ('letter', 'correspondence'), ('own-data', 'own data'), ('unknown', 'kind not recorded')], default='unknown', max_length=16),
        ),
        migrations.CreateModel(
            name='WordsApart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('measure', 'measure'), ('unit', 'unit')], max_length=7)),
                ('first', models.SlugField(db_index=False, max_length=80)),
                ('second', models.SlugField(db_index=False, max_length=80)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'first', 'second'), name='words_apart_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='words_apart_in_order')],
            },
        ),
    ]
