from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0023_challenges_to_areas'),
    ]

    operations = [
        migrations.AlterField(
            model_name='moderationact',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check'), ('topicgroup', 'topic group'), ('areas', 'areas of a city'), ('deliverable', 'text of a topic group')], max_length=20),
        ),
        migrations.AlterField(
            model_name='post',
            name='kind',
            field=models.CharField(choices=[('need', 'need'), ('offer', 'offer'), ('case', 'case'), ('process', 'process with residents'), ('adoption', 'adoption'), ('check', 'fairness check'), ('topicgroup', 'topic group'), ('areas', 'areas of a city'), ('deliverable', 'text of a topic group')], max_length=20),
        ),
    ]
