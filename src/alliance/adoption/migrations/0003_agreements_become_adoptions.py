from django.db import migrations

_SAME = (
    "public_id", "subject_kind", "subject_id", "subject_title", "subject_language", "source_id",
    "source_city_id", "adopter_id", "adopting_city_id", "aim", "language", "changed_at",
    "source_agreed_at", "source_agreed_by_id", "adopter_agreed_at", "adopter_agreed_by_id",
    "first_agreed_at", "source_contact_id", "source_contact_role", "adopter_contact_id",
    "adopter_contact_role", "outcome", "ended_at", "revision",
)  # fmt: skip
_STEP = ("number", "title", "side", "due_on", "done_at", "done_by_id")
_STAGES = {
    "proposed": "chosen",
    "agreed": "agreed",
    "adopted": "rolled-out",
    "stopped": "stopped",
    "declined": "stopped",
}


def copy(apps, schema_editor):
    """Each agreement is an adoption under the same public id, with its steps; the old rows stay."""
    Partnership = apps.get_model("network", "Partnership")
    Adoption = apps.get_model("adoption", "Adoption")
    AdoptionStep = apps.get_model("adoption", "AdoptionStep")
    for old in Partnership.objects.order_by("pk").iterator():
        new, is_new = Adoption.objects.get_or_create(
            public_id=old.public_id,
            defaults={name: getattr(old, name) for name in _SAME[1:]}
            | {
                "stage": _STAGES[old.state],
                "ending": "" if old.state in ("proposed", "agreed") else old.state,
                "started_at": old.proposed_at,
                "started_by_id": old.proposed_by_id,
                "public_at": old.first_agreed_at,
            },
        )
        if is_new:
            AdoptionStep.objects.bulk_create(
                AdoptionStep(adoption=new, **{name: getattr(step, name) for name in _STEP})
                for step in old.steps.order_by("number")
            )


class Migration(migrations.Migration):
    dependencies = [
        ("adoption", "0002_adoptions"),
        ("network", "0013_drafts_of_needs_and_facts"),
    ]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
