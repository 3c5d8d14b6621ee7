from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0037_sides_of_justice'),
    ]

    operations = [
        migrations.AlterField(
            model_name='methodresult',
            name='source',
            field=models.CharField(choices=[('process', 'process'), ('record', 'record'), ('check', 'check')], max_length=10),
        ),
    ]
