"""Citations of answers from research, with the credit that their authors chose."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core.audit import Actor
from alliance.core.citations import Author, Citable, Kind
from alliance.knowledge.citations import LICENCE
from alliance.knowledge.selectors.localise import chosen_text
from alliance.network.addresses import page_address
from alliance.network.localise import local_name
from alliance.research.selectors.access import get_answer


def _answer(actor: Actor, public_id: str, language: str) -> Citable:
    answer = get_answer(public_id)
    work, text = answer.collaboration, chosen_text(answer.texts.all(), language)
    person = Author(work.credit_name, work.credit_orcid, is_person=True)
    university = Author(local_name(work.organisation, language))
    return Citable(
        public_id=answer.public_id,
        title=text.text.title,
        abstract=text.text.text,
        language=text.language,
        authors=(person, university) if work.credit_name else (university,),
        publisher=settings.NETWORK_NAME,
        url=page_address("research:answer-page", language, answer.public_id),
        at=answer.sent_at.date(),
        licence=LICENCE,
    )


CITED = (Kind("research-answer", _("answer from research"), _answer),)
