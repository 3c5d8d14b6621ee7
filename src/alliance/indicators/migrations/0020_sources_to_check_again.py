from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0019_plain_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='observationsource',
            name='check_again',
            field=models.BooleanField(default=False),
        ),
    ]
