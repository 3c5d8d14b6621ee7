
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0025_own_contact_rule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='city',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='statementdraft',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
    ]
