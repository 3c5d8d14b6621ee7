from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0029_sources_that_are_not_online'),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name='aliases',
            field=models.JSONField(blank=True, default=list),
        )
        for name in ('measure', 'unit')
    ]
