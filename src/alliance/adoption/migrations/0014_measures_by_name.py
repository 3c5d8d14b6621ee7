"""Measures and units of plans are kept by their English name, and conditions of the solution as a
code; what people wrote stays as it is."""

from typing import Any

from django.db import migrations
from django.db.models import Q


def to_codes(apps: Any, schema_editor: Any) -> None:
    for one in apps.get_model("adoption", "Adoption").objects.iterator():
        changed = []
        for column, model in (("measure", "Measure"), ("unit", "Unit")):
            text = getattr(one, column)
            named = Q(name=text) | Q(name_fr=text) | Q(name_sv=text)
            names = apps.get_model("knowledge", model).objects.filter(named) if text else ()
            if len(names) == 1 and names[0].name != text:
                setattr(one, column, names[0].name)
                changed.append(column)
        of = Q(solution__public_id=one.subject_id)
        if one.subject_kind == "case":
            of = Q(solution__cases__public_id=one.subject_id)
        texts = apps.get_model("knowledge", "SolutionText").objects.filter(of)
        lines = one.conditions.splitlines()
        if lines and any(text.prerequisites == lines for text in texts):
            one.conditions = "of-solution"
            changed.append("conditions")
        if changed:
            one.save(update_fields=changed)


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0013_tasks_as_codes'),
        ('knowledge', '0045_solutions_of_other_networks'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
