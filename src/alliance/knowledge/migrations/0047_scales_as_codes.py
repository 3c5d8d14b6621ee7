"""The unit of answers on a scale becomes a code with its number of points."""

import re
from typing import Any

from django.db import migrations


def to_codes(apps: Any, schema_editor: Any) -> None:
    for one in apps.get_model("knowledge", "MethodResult").objects.iterator():
        learned = [each for each in one.measures if each["measure"] == "learned"]
        for each in learned:
            if points := re.search(r"\d+", each.get("unit", "")):
                each["unit"] = f"scale-{points[0]}"
        if learned:
            one.save(update_fields=["measures"])


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0046_withdrawals_as_codes'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
