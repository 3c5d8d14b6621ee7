from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0028_minor_changes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='source',
            name='url',
            field=models.URLField(blank=True, default='', max_length=500),
        ),
    ]
