"""Who may write and review a translation, and by which rule somebody may not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.core.models import AuditEvent
from alliance.knowledge import writing_rules
from alliance.knowledge.models.texts import LocalText
from alliance.knowledge.translation_fields import Translatable, is_settled, kind_of

#: The acts on a translation, as the audit trail names them.
TRANSLATE, CONFIRM, REVIEW = "translate", "confirm translation", "review translation"


def writers_of(record: Translatable, language: str) -> frozenset[int]:
    """Who wrote in a translation since it was last reviewed, by primary key."""
    acts = AuditEvent.objects.filter(
        kind=kind_of(record).name,
        public_id=record.public_id,
        verb__in=(TRANSLATE, REVIEW),
        details__language=language,
    ).order_by("-id")
    writers = set()
    for verb, person in acts.values_list("verb", "actor_id"):
        if verb == REVIEW:
            break
        if person is not None:
            writers.add(person)
    return frozenset(writers)


def why_not_write(
    actor: Actor, record: Translatable, original: LocalText, translation: LocalText | None
) -> str:
    """The rule that keeps the actor from writing a translation, empty where none does."""
    if not writing_rules.is_translator(actor):
        return _("Only team editors, reviewers and the secretariat can translate.")
    if getattr(record, "from_address", ""):
        return _(
            "This content comes from another network, which is responsible for its translation."
        )
    if not writing_rules.may_translate(actor, record):
        return _(
            "The city is hidden, so only the team responsible for the case and the "
            "secretariat can translate it."
        )
    if is_settled(original, translation) and not writing_rules.may_review_translation(
        actor, record
    ):
        return _(
            "The translation has been reviewed and is up to date. Only the team "
            "responsible, reviewers and the secretariat can correct it."
        )
    return ""
