"""Ballots that were counted before lose what led to their voters, and get new numbers in random
order, also in their public files."""

import secrets

from django.db import migrations
from django.db.models import Q

from alliance.core.ids import new_public_id

BATCH = 5_000


def renumbered(file, numbers):
    """A public file with new numbers, its ballots in their order; `numbers` gets those that it
    lacks."""
    head, mark, votes = file.partition("\nVOTES\n")
    if not mark:
        return file
    columns, *lines = votes.splitlines(keepends=True)
    new = []
    for line in lines:
        number, separator, rest = line.partition(";")
        new.append(numbers.setdefault(number, new_public_id()) + separator + rest)
    return f"{head}{mark}{columns}{''.join(sorted(new))}"


def cut_off(apps, schema_editor):
    """What `services.cutting.cut_off` does at a count."""
    ballot_model = apps.get_model("budgeting", "Ballot")
    entry_model = apps.get_model("budgeting", "BallotEntry")
    voter_model = apps.get_model("budgeting", "Voter")
    typed = apps.get_model("accounts", "TypedText").objects
    for count in apps.get_model("budgeting", "Count").objects.select_related("budget__process"):
        process = count.budget.process
        rows = ballot_model.objects.filter(process=process, participant__isnull=False).order_by()
        named = {}
        entries = entry_model.objects.filter(ballot__in=rows).order_by()
        for ballot, project, value in entries.values_list("ballot_id", "project_id", "value"):
            named.setdefault(ballot, []).append((project, value))
        old = list(rows.values_list("pk", "public_id"))
        people = rows.order_by("participant_id").values_list("participant_id", flat=True)
        voter_model.objects.bulk_create(
            [voter_model(participant_id=one) for one in people], batch_size=BATCH
        )
        entries.delete()
        rows.delete()
        secrets.SystemRandom().shuffle(old)
        new = [
            ballot_model(process=process, voter_digest=None, channel="", public_id=public_id)
            for public_id in sorted(new_public_id() for _ in old)
        ]
        ballot_model.objects.bulk_create(new, batch_size=BATCH)
        entry_model.objects.bulk_create(
            [
                entry_model(ballot=after, project_id=project, value=value)
                for after, (before, _number) in zip(new, old, strict=True)
                for project, value in sorted(named.get(before, ()))
            ],
            batch_size=BATCH,
        )
        numbers = {number: one.public_id for one, (_pk, number) in zip(new, old, strict=True)}
        count.file = renumbered(count.file, numbers)
        count.save(update_fields=["file"])
        page = f"/take-part/{process.public_id}"
        forms = Q(address__startswith=f"{page}/ballot")
        typed.filter(forms | Q(address__startswith=f"{page}/budget/paper")).delete()
        count.budget.has_remains = True
        count.budget.save(update_fields=["has_remains"])


class Migration(migrations.Migration):

    dependencies = [
        ("budgeting", "0004_ballots_cut_off"),
        ("accounts", "0006_typed_texts"),
    ]

    operations = [migrations.RunPython(cut_off, migrations.RunPython.noop)]
