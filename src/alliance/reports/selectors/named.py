"""Records that texts of reports link to: their titles, and whether they were approved at a time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import translation

from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import get_adoption_for
from alliance.core.audit import Actor
from alliance.core.errors import Fault, NotFound
from alliance.groups.models import Minutes
from alliance.groups.selectors.access import get_minutes
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseVersion
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.case_list import title_of
from alliance.knowledge.selectors.localise import local_text
from alliance.knowledge.selectors.writing_access import get_draft_for
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process
from alliance.participation.selectors.access import get_process_for
from alliance.reports.models import ReportEdition
from alliance.reports.selectors.reports import chapters_of
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import PUBLIC
from alliance.testbeds.selectors.access import get_pilot_for

#: With any prefix before the language, such as the address of another network.
_ADDRESS = re.compile(
    r"(?P<site>https?://[^\s()]{0,300}?)?/(?:en|fr|sv)"
    r"/(?P<room>cases|write|review|pilots|adoptions|take-part|minutes)"
    r"/(?P<id>[A-Za-z0-9-]+)"
)
#: Path segments in place of an id that are not records.
_PAGES = frozenset({"new", "versions", "import"})


def _never(_id: str, _moment: dt.datetime) -> bool:
    return False


@dataclass(frozen=True)
class _Room:
    """Functions for a kind of records: `is_approved` takes the id and the time; `read` takes the
    actor, the id and the language, returns the title and raises NotFound."""

    read: Callable[[Actor, str, str], str]
    is_approved: Callable[[str, dt.datetime], bool]


_DRAFT = _Room(
    lambda actor, public_id, language: (
        title_of(get_draft_for(actor, public_id).content, language).value
    ),
    _never,
)
_ROOMS: Mapping[str, _Room] = {
    "cases": _Room(
        lambda actor, public_id, language: (
            local_text(get_case_for(actor, public_id), "title", language).value
        ),
        lambda public_id, moment: CaseVersion.objects.filter(
            case__public_id=public_id, case__status=CaseStatus.PUBLISHED, at__lte=moment
        ).exists(),
    ),
    "write": _DRAFT,
    "review": _DRAFT,
    "pilots": _Room(
        lambda actor, public_id, _language: get_pilot_for(actor, public_id).title,
        lambda public_id, moment: Pilot.objects.filter(
            public_id=public_id, state__in=[state.value for state in PUBLIC], frozen_at__lte=moment
        ).exists(),
    ),
    "adoptions": _Room(
        lambda actor, public_id, _language: _adoption(get_adoption_for(actor, public_id)),
        lambda public_id, moment: Adoption.objects.filter(
            public_id=public_id, public_at__lte=moment
        ).exists(),
    ),
    "take-part": _Room(
        lambda actor, public_id, _language: get_process_for(actor, public_id).title,
        lambda public_id, moment: (
            Process.objects.filter(public_id=public_id, opened_at__lte=moment)
            .exclude(state=ProcessState.DRAFT)
            .exists()
        ),
    ),
    "minutes": _Room(
        lambda actor, public_id, _language: get_minutes(actor, public_id).title,
        lambda public_id, moment: Minutes.objects.filter(
            public_id=public_id, is_public=True, written_at__lte=moment
        ).exists(),
    ),
}


def _adoption(adoption: Adoption) -> str:
    title: str = adoption.subject_title or adoption.aim
    return title


@dataclass(frozen=True)
class Named:
    """A record that a text links to; `words` is the text of the link, empty for a bare address."""

    room: str
    public_id: str
    words: str = ""

    def is_approved(self, moment: dt.datetime) -> bool:
        """Whether the record was public at that time."""
        return _ROOMS[self.room].is_approved(self.public_id, moment)

    def title(self, actor: Actor, language: str) -> str:
        """The title of the record if the actor may read it; else the text of the link."""
        try:
            title = _ROOMS[self.room].read(actor, self.public_id, language)
        except NotFound:
            title = ""
        return title or self.words or f"/{self.room}/{self.public_id}"

    def address(self, language: str) -> str:
        """The absolute address of its page."""
        return f"{settings.BASE_URL}/{language}/{self.room}/{self.public_id}/"


def faults_for(edition: ReportEdition, actor: Actor, language: str) -> list[str]:
    """Sentences on why an edition cannot be built, naming chapters and records in the language."""
    titles = chapters_of(edition.report)
    sentences = []
    with translation.override(language):
        for fault in edition.faults:
            params = dict(fault["params"])
            for record in named_in(params.get("address", "")):
                params["name"] = replace(record, words=params["name"]).title(actor, language)
                params["address"] = record.address(language)
                params["chapter"] = str(titles[fault["where"].removeprefix("texts.")])
            sentences.append(Fault.from_json(fault["where"], fault["code"], params).rule)
    return sentences


def named_in(text: str) -> Iterator[Named]:
    """The records of this site that a text links to, without lists."""
    for match in _ADDRESS.finditer(text):
        is_ours = not match["site"] or match["site"] == settings.BASE_URL
        if is_ours and match["id"] not in _PAGES:
            before = text[: match.start()].rpartition("[")[2]
            words, bracket, _rest = before.partition("](")
            yield Named(match["room"], match["id"], words.strip() if bracket else "")
