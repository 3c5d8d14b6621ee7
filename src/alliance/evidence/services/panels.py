"""The verdict of a panel in place of that of the rule, set by the secretariat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.analysis.evidence.solution_verdict import HARM, RANK, VERDICTS, VERSION, WORKS
from alliance.cases import masking, rules
from alliance.cases.enums import CaseStatus, Language
from alliance.cases.models import CaseStudy, Solution
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.text import fold
from alliance.evidence.models import PanelVerdict, SolutionVerdict, VerdictChange
from alliance.network.models import City, Organisation
from alliance.network.text_checks import choice_faults, text_faults

#: People of a panel, what is told of each, and how long their word holds at most.
PANEL = 3
PANEL_FIELDS = ("name", "organisation")
PANEL_HOLDS = dt.timedelta(days=730)
SHORTEST_REASON = 80
LONGEST_NAME = 160
#: How the administration of a city is called.
CITY_CALLED = (
    "%s", "City of %s", "Municipality of %s", "%s kommun", "%s stad", "%ss stad", "Ville de %s",
)  # fmt: skip


def panel_that_holds(
    known: SolutionVerdict | None, digests: dict[str, str], by_rule: str, at: dt.datetime
) -> PanelVerdict | None:
    """The panel whose word stands; one that holds no longer is ended."""
    panel = None if known is None else known.panels.filter(ended_at=None).first()
    if panel is None:
        return None
    if panel.cases == digests and panel.by_rule == by_rule and at < panel.until:
        return panel
    panel.ended_at = at
    panel.save(update_fields=["ended_at"])
    return None


def panel_payload(panel: PanelVerdict | None) -> dict[str, Any] | None:
    """What readers see of a panel, as JSON has it."""
    if panel is None:
        return None
    return {
        "word": panel.word,
        "members": panel.members,
        "reason": panel.reason,
        "language": panel.language,
        "given_on": panel.given_at.date().isoformat(),
        "until": panel.until.date().isoformat(),
    }


def words_for_panel(by_rule: str) -> tuple[str, ...]:
    """The words that a panel may set in place of that of the rule: one rank away at most, never
    "works", and none in place of harm."""
    if by_rule == HARM:
        return ()
    return tuple(
        word
        for word in VERDICTS
        if word not in {WORKS, by_rule} and abs(RANK[word] - RANK[by_rule]) <= 1
    )


def set_panel_verdict(
    solution: Solution,
    *,
    word: str,
    members: Sequence[Mapping[str, str]],
    reason: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> PanelVerdict:
    """Set the word of a panel for the main outcome of a solution, as the secretariat.

    `members`: `PANEL` people, each a name and an organisation that is no city or firm of the
    cases. It replaces a panel before it, and ends when what the verdict rests on changes, or after
    `PANEL_HOLDS`. Raises InvalidData, NotAllowed.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can enter a panel’s verdict."))
    with transaction.atomic():
        verdict = solution.verdicts.select_for_update().filter(is_main=True).first()
        if verdict is None:
            raise InvalidData([Fault("word", "no-verdict-yet")])
        by_rule = verdict.details["verdict"]
        faults = choice_faults("word", word, words_for_panel(by_rule))
        faults += _member_faults(solution, members) + _reason_faults(solution, reason)
        faults += choice_faults("language", language, Language.values)
        if faults:
            raise InvalidData(faults)
        verdict.panels.filter(ended_at=None).update(ended_at=at)
        panel = PanelVerdict.objects.create(
            verdict=verdict, word=word, by_rule=by_rule, reason=reason.strip(), language=language,
            members=[{key: member[key].strip() for key in PANEL_FIELDS} for member in members],
            cases=verdict.cases, given_at=at, until=at + PANEL_HOLDS,
        )  # fmt: skip
        _update_verdicts(solution, "set panel verdict", actor, at, word=word, by_rule=by_rule)
    return panel


def end_panel_verdict(solution: Solution, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Let the word of the rule stand again, as the secretariat. Raises NotAllowed."""
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can end a panel’s verdict."))
    with transaction.atomic():
        held = PanelVerdict.objects.filter(verdict__solution=solution, ended_at=None)
        if held.update(ended_at=at):
            _update_verdicts(solution, "end panel verdict", actor, at)


def end_old_panels(*, at: dt.datetime) -> int:
    """Let the rule speak again where the time of a panel is over; how many there were."""
    old = Solution.objects.filter(
        verdicts__panels__ended_at=None, verdicts__panels__until__lte=at
    ).distinct()
    for solution in old:
        with transaction.atomic():
            _update_verdicts(solution, "end panel verdict", audit.WORKER, at)
    return len(old)


def _update_verdicts(
    solution: Solution, verb: str, actor: audit.Actor, at: dt.datetime, **details: str
) -> None:
    """Note the act, which brings the search index up to date, and let the verdict follow it."""
    audit.record("solution", solution, verb, actor=actor, at=at, **details)
    for row in solution.verdicts.filter(is_main=True):
        panel = panel_that_holds(row, row.cases, row.details["verdict"], at)
        word = panel.word if panel else row.details["verdict"]
        row.details["panel"] = panel_payload(panel)
        if word != row.verdict:
            VerdictChange.objects.create(
                verdict=row, at=at, before=row.verdict, after=word, line=row.details["line"],
                rule_version=VERSION,
            )  # fmt: skip
            row.verdict, row.since = word, at
        row.save(update_fields=["verdict", "since", "details"])


def _member_faults(solution: Solution, members: Sequence[Mapping[str, str]]) -> list[Fault]:
    faults = []
    cases = CaseStudy.objects.filter(solution=solution, status=CaseStatus.PUBLISHED)
    cities = City.objects.filter(
        Q(pk__in=cases.values("city")) | Q(pk__in=cases.values("masked_city"))
    )
    close = {
        fold(form % name).lower()
        for city in cities
        for name in masking.names_of(city)
        for form in CITY_CALLED
    } | {
        fold(name).lower()
        for organisation in Organisation.objects.filter(case_roles__case__in=cases)
        for name in (organisation.name, organisation.name_fr, organisation.name_sv)
        if name
    }
    for number in range(PANEL):
        member = members[number] if number < len(members) else {}
        for key in PANEL_FIELDS:
            where = f"members[{number}].{key}"
            faults += text_faults(where, member.get(key, ""), required=True, longest=LONGEST_NAME)
        if fold(member.get("organisation", "").strip()).lower() in close:
            faults.append(Fault(f"members[{number}].organisation", "of-a-case"))
    names = [member.get("name", "").strip().casefold() for member in members]
    if all(names) and len(set(names)) < len(names):
        faults.append(Fault("members", "same-person"))
    return faults


def _reason_faults(solution: Solution, reason: str) -> list[Fault]:
    faults = text_faults("reason", reason, required=True)
    if not faults and len(reason.strip()) < SHORTEST_REASON:
        faults.append(Fault("reason", "reason-too-short", {"least": SHORTEST_REASON}))
    for case in solution.cases.filter(is_masked=True).select_related("masked_city"):
        hidden = masking.hidden_by_case(case)
        faults += masking.hidden_city_faults("reason", reason, hidden, is_known=False)
    return faults
