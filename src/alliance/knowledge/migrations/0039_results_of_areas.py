from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0038_results_of_checks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='methodresult',
            name='source',
            field=models.CharField(choices=[('process', 'process'), ('record', 'record'), ('check', 'check'), ('areas', 'areas')], max_length=10),
        ),
    ]
