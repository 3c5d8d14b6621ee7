from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0022_groups_are_discussed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='moderationact',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check'), ('topicgroup', 'topic group'), ('areas', 'areas of a city')], max_length=20),
        ),
        migrations.AlterField(
            model_name='post',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check'), ('topicgroup', 'topic group'), ('areas', 'areas of a city')], max_length=20),
        ),
    ]
