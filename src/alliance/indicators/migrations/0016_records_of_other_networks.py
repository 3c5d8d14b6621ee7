
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0015_unknown_in_one_word'),
    ]

    operations = [
        migrations.AlterField(
            model_name='definitionversion',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='target',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
    ]
