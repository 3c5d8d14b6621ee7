from django.db import migrations, models


def report_what_was_not_measured(apps, schema_editor):
    """A case "worked" by an effect that was measured; any other is reported as working."""
    measured = ("rct", "quasi-experiment", "before-after")
    effects = apps.get_model("knowledge", "Effect").objects.filter(design__in=measured)
    apps.get_model("knowledge", "CaseStudy").objects.filter(outcome="worked").exclude(
        pk__in=effects.values("case_id")
    ).update(outcome="reported")


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0013_questions_are_posts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='casestudy',
            name='outcome',
            field=models.CharField(choices=[('worked', 'Worked'), ('reported', 'Reported as working'), ('mixed', 'Mixed'), ('did-not-work', 'Did not work')], max_length=12),
        ),
        migrations.RunPython(report_what_was_not_measured, migrations.RunPython.noop),
    ]
