from django.db import migrations, models

from alliance.core.ids import slug


def make_keys(apps, schema_editor):
    """A key for each effect, of its measure and its part, as `with_keys` makes it for new ones."""
    rows = apps.get_model("knowledge", "Effect").objects.select_related("measure")
    taken = {}
    changed = []
    for effect in rows.order_by("case", "position").iterator():
        keys = taken.setdefault(effect.case_id, set())
        words = slug(f"{effect.measure.name} {effect.qualifier}") or "effect"
        key, number = words, 1
        while key in keys:
            number += 1
            key = f"{words[:75].strip('-')}-{number}"
        keys.add(key)
        effect.key = key
        changed.append(effect)
    rows.bulk_update(changed, ["key"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0014_reported_as_working'),
    ]

    operations = [
        migrations.AddField(
            model_name='effect',
            name='key',
            field=models.CharField(default='', max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.UniqueConstraint(fields=('case', 'key'), name='effect_key_once'),
        ),
    ]
