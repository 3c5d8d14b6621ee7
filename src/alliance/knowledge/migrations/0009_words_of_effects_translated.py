from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0008_merged_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='qualifier_fr',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='effect',
            name='qualifier_sv',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='effect',
            name='note_fr',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='effect',
            name='note_sv',
            field=models.TextField(blank=True, default=''),
        ),
    ]
