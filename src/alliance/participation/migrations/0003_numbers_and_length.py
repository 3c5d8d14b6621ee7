from django.db import migrations, models
from django.db.models import Q


def number(apps, schema_editor):
    """Statements are called on paper by their order in their process."""
    Contribution = apps.get_model("participation", "Contribution")
    last = {}
    rows = []
    for one in Contribution.objects.filter(kind="statement").order_by("post_id").iterator():
        last[one.process_id] = one.number = last.get(one.process_id, 0) + 1
        rows.append(one)
    Contribution.objects.bulk_update(rows, ["number"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0002_census'),
    ]

    operations = [
        migrations.AddField(
            model_name='process',
            name='statement_length',
            field=models.PositiveSmallIntegerField(default=140),
        ),
        migrations.AddConstraint(
            model_name='process',
            constraint=models.CheckConstraint(condition=Q(('statement_length__gte', 60), ('statement_length__lte', 300)), name='process_statement_length'),
        ),
        migrations.AddField(
            model_name='contribution',
            name='number',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
