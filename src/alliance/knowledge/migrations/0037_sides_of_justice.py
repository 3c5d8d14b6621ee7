from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0036_who_gained_and_who_paid'),
    ]

    operations = [
        migrations.AddField(
            model_name='casetext',
            name='justice_capability',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='casetext',
            name='justice_distribution',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='casetext',
            name='justice_procedure',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='casetext',
            name='justice_recognition',
            field=models.TextField(blank=True, default=''),
        ),
    ]
