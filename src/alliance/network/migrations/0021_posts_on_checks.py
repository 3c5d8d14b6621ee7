from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0020_one_group_of_requests'),
    ]

    operations = [
        migrations.AlterField(
            model_name='moderationact',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check')], max_length=20),
        ),
        migrations.AlterField(
            model_name='post',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check')], max_length=20),
        ),
    ]
