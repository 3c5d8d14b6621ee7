"""Files of a workshop, feedback and certificates."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.files import ContentStore
from alliance.core.text import canonical_json
from alliance.network.localise import local_name
from alliance.network.text_checks import text_faults
from alliance.participation.services.papers import printable
from alliance.web.typefaces import fonts
from alliance.workshops import rules
from alliance.workshops.models import Feedback, Material, Registration, Workshop
from alliance.workshops.services.registering import locked
from alliance.workshops.templatetags.workshop_words import span_of
from alliance.workshops.texts import localised_text
from alliance.writing.file_checks import check_file, store_file

FILES = ContentStore("workshops")
TEMPLATE = files("alliance.workshops") / "typst" / "certificate.typ"


def add_file(
    workshop: Workshop,
    *,
    title: str,
    name: str,
    content: bytes,
    actor: audit.Actor,
    at: dt.datetime,
) -> Material:
    """Add a public file; adding the same file again returns the existing one.

    Raises InvalidData naming the rule that the file or its title breaks, NotAllowed.
    """
    checked = check_file(content, name)
    title = title.strip() or Path(name).stem
    refuse(text_faults("title", title, longest=200))
    with transaction.atomic():
        current = locked(workshop)
        if not rules.may_run(actor, current):
            raise NotAllowed(
                _("Only the secretariat and the organiser’s editors can manage a workshop.")
            )
        made = Material(workshop=current, title=title, added_by=actor.user, added_at=at)
        material: Material = store_file(
            made, checked, FILES, name=name, among=current.materials.all()
        )
        if material is made:
            audit.record("workshop", current, "attach", actor=actor, at=at, file=made.public_id)
    return material


def remove_file(material: Material, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Remove a file, and its content if no other workshop has it."""
    if not rules.may_run(actor, material.workshop):
        raise NotAllowed(
            _("Only the secretariat and the organiser’s editors can manage a workshop.")
        )
    with transaction.atomic():
        audit.record(
            "workshop", material.workshop, "remove file", actor=actor, at=at,
            file=material.public_id,
        )  # fmt: skip
        sha256 = material.sha256
        material.delete()
        if not Material.objects.filter(sha256=sha256).exists():
            transaction.on_commit(lambda: FILES.forget(sha256))


def save_feedback(
    registration: Registration,
    *,
    score: int | None,
    useful: str = "",
    better: str = "",
    at: dt.datetime,
) -> Feedback:
    """Save the feedback of a participant of a workshop that has begun, replacing an earlier one.

    Raises InvalidData.
    """
    faults = text_faults("useful", useful, longest=2_000)
    faults += text_faults("better", better, longest=2_000)
    if score is None or not 1 <= score <= 5:
        faults.append(Fault("score", "not-chosen"))
    if not rules.has_begun(registration.workshop, at):
        faults.append(Fault("score", "workshop-to-come"))
    refuse(faults)
    words = {"score": score, "useful": useful.strip(), "better": better.strip(), "at": at}
    return Feedback.objects.update_or_create(registration=registration, defaults=words)[0]


def certificate(registration: Registration) -> bytes:
    """A certificate of participation as PDF in the language in use."""
    workshop = registration.workshop
    title = localised_text(workshop.titles, workshop.language).value
    city = local_name(workshop.city, registration.language) if workshop.city else ""
    words: dict[str, Any] = {
        "language": get_language() or "en",
        "network": settings.NETWORK_NAME,
        "heading": _("Certificate of participation"),
        "name": registration.name,
        "affiliation": registration.affiliation,
        "took_part": _("took part in"),
        "title": title,
        "when": ", ".join(part for part in (span_of(workshop), city) if part),
        "sessions": [
            localised_text(session.titles, workshop.language).value
            for session in workshop.sessions.all()
            if not session.is_break
        ][:24],
        "programme": _("Programme"),
        "note": _("Fictional example for demonstration.") if workshop.is_synthetic else "",
        "number": registration.public_id,
    }
    printed = {
        name: [printable(text) for text in value] if isinstance(value, list) else printable(value)
        for name, value in words.items()
    }
    compiler = typst.Compiler(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),  # type: ignore[attr-defined]
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"certificate": canonical_json(printed)},
    )
    made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave more than one file")
    return made
