"""The one target of a definition becomes a row; what it was before is kept as past."""

from django.db import migrations

SAYS = ("value", "year", "basis", "basis_fr", "basis_sv")


def move(apps, schema_editor):
    Target = apps.get_model("indicators", "Target")
    Version = apps.get_model("indicators", "DefinitionVersion")
    holding = {}
    for version in Version.objects.select_related("definition").order_by("definition", "number"):
        key, at = version.definition_id, version.recorded_at
        said = (
            version.target, version.target_year,
            # It says itself where a basis was not asked for.
            version.target_basis or version.publisher, version.target_basis_fr,
            version.target_basis_sv,
        )
        before = holding.get(key)
        if before is not None and said == tuple(getattr(before, name) for name in SAYS):
            continue
        if before is not None:
            del holding[key]
            if before.recorded_at < at:
                before.superseded_at = at
                before.save()
            else:
                before.delete()
        if version.target is not None:
            holding[key] = Target.objects.create(
                indicator_id=version.definition.indicator_id, definition_id=key,
                origin=version.origin, recorded_at=at, **dict(zip(SAYS, said)),
            )


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0009_targets'),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='definitionversion',
            name='target',
        ),
        migrations.RemoveField(
            model_name='definitionversion',
            name='target_basis',
        ),
        migrations.RemoveField(
            model_name='definitionversion',
            name='target_basis_fr',
        ),
        migrations.RemoveField(
            model_name='definitionversion',
            name='target_basis_sv',
        ),
        migrations.RemoveField(
            model_name='definitionversion',
            name='target_year',
        ),
    ]
