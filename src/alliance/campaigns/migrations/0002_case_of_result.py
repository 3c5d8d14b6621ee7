import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_campaigns'),
        ('knowledge', '0039_results_of_areas'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='draft',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaigns', to='knowledge.draft'),
        ),
    ]
