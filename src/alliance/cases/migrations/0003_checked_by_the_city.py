from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='city_checked_on',
            field=models.DateField(blank=True, null=True),
        ),
    ]
