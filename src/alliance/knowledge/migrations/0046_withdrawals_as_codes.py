"""Why cases of other networks were withdrawn becomes a code; what people wrote stays as it is."""

from typing import Any

from django.db import migrations

#: What the platform has written so far, in three languages, before and after the network's name.
_SENTENCES = {
    "withdrawn-there": (
        ("", " withdrew it."), ("Retiré par ", "."), ("", " har dragit tillbaka det."),
        ("Withdrawn by ", "."), ("Tillbakadraget av ", "."),
    ),
    "withdrawn-there-because: ": (
        ("", " withdrew it: "), ("Retiré par ", "\N{NO-BREAK SPACE}: "), ("Retiré par ", " : "),
        ("", " har dragit tillbaka det: "), ("Withdrawn by ", ": "), ("Tillbakadraget av ", ": "),
    ),
    "no-longer-followed": (
        ("We no longer follow what ", " publishes."),
        ("Nous ne suivons plus les publications de ", "."),
        ("Vi följer inte längre det som ", " publicerar."),
        ("We no longer follow ", "."), ("Nous ne suivons plus ", "."),
        ("Vi följer inte längre ", "."),
    ),
}  # fmt: skip


def to_codes(apps: Any, schema_editor: Any) -> None:
    cases = apps.get_model("knowledge", "CaseStudy").objects.exclude(withdrawn_because="")
    for one in cases.exclude(from_network="").only("withdrawn_because", "from_network"):
        said = one.withdrawn_because
        for code, sentences in _SENTENCES.items():
            for before, after in sentences:
                whole = f"{before}{one.from_network}{after}"
                if said == whole or (code.endswith(": ") and said.startswith(whole)):
                    one.withdrawn_because = code + said.removeprefix(whole)
        if one.withdrawn_because != said:
            one.save(update_fields=["withdrawn_because"])


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0045_solutions_of_other_networks'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
