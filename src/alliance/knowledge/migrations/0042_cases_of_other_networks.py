
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0041_kept_copies'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='from_address',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='from_network',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='from_version',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='casestudy',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='method',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
        migrations.AlterField(
            model_name='solution',
            name='origin',
            field=models.CharField(choices=[('starter', 'starter content'), ('members', 'entered by members'), ('network', 'from another network')], default='members', max_length=10),
        ),
    ]
