import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0006_peer_reviews_of_adoptions'),
        ('testbeds', '0008_figures_of_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='planned_pilot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='planned_from', to='testbeds.pilot'),
        ),
    ]
