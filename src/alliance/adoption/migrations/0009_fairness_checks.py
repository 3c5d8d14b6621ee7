import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0008_processes_and_their_proposals'),
        ('equity', '0002_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='fairness',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='adoptions', to='equity.distributioncheck'),
        ),
    ]
