import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0031_pictures_of_cases'),
        ('testbeds', '0008_figures_of_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='pilot',
            name='adapted_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.casestudy'),
        ),
    ]
