from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0003_numbers_and_length'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.UniqueConstraint(condition=Q(('number__isnull', False)), fields=('process', 'number'), name='contribution_number_once'),
        ),
    ]
