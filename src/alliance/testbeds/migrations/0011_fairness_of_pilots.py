import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0002_checks'),
        ('testbeds', '0010_answer_state_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='pilot',
            name='fairness',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pilots', to='equity.distributioncheck'),
        ),
    ]
