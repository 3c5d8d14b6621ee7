
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('testbeds', '0012_unknown_in_one_word'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pilot',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
    ]
