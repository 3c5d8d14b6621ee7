import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0002_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='area_set',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='equity.areaset'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='check_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='equity.distributioncheck'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area_set', None), ('check_of__isnull', False)), models.Q(('area_set__isnull', False), ('check_of', None), ('line', None), models.Q(('about', ''), _negated=True)), _connector='OR'), name='claim_of_a_check_or_of_areas'),
        ),
    ]
