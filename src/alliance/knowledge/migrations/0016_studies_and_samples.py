from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0015_keys_of_effects'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='study',
            field=models.CharField(blank=True, default='', max_length=160),
        ),
        migrations.AddField(
            model_name='effect',
            name='sample',
            field=models.CharField(blank=True, default='', max_length=160),
        ),
    ]
