from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0035_method_results'),
    ]

    operations = [
        migrations.AddField(
            model_name='casestudy',
            name='gained',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='paid',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
