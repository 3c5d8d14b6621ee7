"""Starting a case from its form, where the form may be sent twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from alliance.core import audit
from alliance.knowledge.case_document import check_shape, plain
from alliance.knowledge.enums import DraftState
from alliance.knowledge.models import Draft
from alliance.knowledge.services.drafts import start_draft
from alliance.network.models import Organisation


def start_once(
    organisation: Organisation,
    *,
    language: str,
    content: dict[str, Any],
    actor: audit.Actor,
    at: dt.datetime,
) -> Draft:
    """A new draft, or the same person's untouched one that says the same.

    So a form that is sent twice starts one draft. Raises NotAllowed, InvalidData.
    """
    wanted = plain(check_shape({"original_language": language, **content}))
    with transaction.atomic():
        # Whoever starts a draft for this team at the same moment waits here.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        untouched = Draft.objects.filter(
            organisation=organisation,
            started_by=actor.user,
            state=DraftState.WRITING,
            revision=1,
            language=language,
            case=None,
        )
        for draft in untouched:
            if draft.content == wanted:
                return draft
        return start_draft(organisation, language=language, content=content, actor=actor, at=at)
