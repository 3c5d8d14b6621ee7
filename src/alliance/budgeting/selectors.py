"""The data of the pages of budgets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import shown_part
from alliance.budgeting import rules
from alliance.budgeting.enums import Eligible, Rule
from alliance.budgeting.messages import CHECKLIST, REASONS, TIES
from alliance.budgeting.models import Ballot, Budget, Count, Project, Voter
from alliance.charts.places import Place
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.participation import rules as taking_part
from alliance.participation.enums import Channel, ContributionKind, ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors import pages as select
from alliance.participation.services.contributions import TYPING_IN

#: With fewer ballots, no file of them is public: it could reveal who voted for what.
FEWEST_BALLOTS = 10


def budget_of(process: Process) -> Budget:
    """The budget of a process; an unsaved one if there is none."""
    budget = Budget.objects.filter(process=process).first()
    if budget is None:
        currency = "SEK" if process.city.country == "SE" else "EUR"
        budget = Budget(process=process, currency=currency)
    return budget


def projects_of(budget: Budget) -> QuerySet[Project]:
    """The projects of a budget with what their rows show, those on the ballot first."""
    rows = Project.objects.filter(budget_id=budget.pk)
    return rows.select_related("proposal__post", "merge_into__proposal")


def on_ballot(budget: Budget) -> list[Project]:
    """The projects with a number, in the order of the ballot."""
    return list(Project.objects.filter(budget_id=budget.pk, number__isnull=False))


def unpriced(process: Process) -> QuerySet[Any]:
    """Visible proposals without a cost."""
    rows = Contribution.objects.filter(process=process, kind=ContributionKind.PROPOSAL).shown()
    return rows.filter(project=None).select_related("post").order_by("post_id")


def n_waiting(process: Process) -> int:
    """The number of proposals that wait for a moderator."""
    rows = Contribution.objects.filter(process=process, kind=ContributionKind.PROPOSAL)
    return rows.filter(shown_at=None, post__hidden_at=None).count()


def map_of(
    process: Process, projects: Sequence[Project], proposals: Iterable[Contribution] = ()
) -> dict[str, Any] | None:
    """The projects, and proposals that are no projects yet, that have a point, as a map."""
    places = [
        Place(
            project.number,
            project.title,
            project.latitude,
            project.longitude,
            f"#p-{project.public_id}",
        )
        for project in projects
        if project.latitude is not None and project.longitude is not None
    ]
    return select.map_of(process, places + select.of_proposals(process, proposals))


def get_project(process: Process, public_id: str) -> Project:
    """A project of a process that a getter has checked. Raises NotFound."""
    rows = projects_of(Budget(process=process))
    return get_by_public_id(rows, "project", public_id)


def own_ballot(participant: Participant | None) -> Ballot | None:
    """A participant's ballot with its entries, unless it was separated from her."""
    if participant is None:
        return None
    rows = Ballot.objects.filter(participant=participant).prefetch_related("entries__project")
    return rows.first()


def is_cut_off(participant: Participant) -> bool:
    """Whether a participant cast a ballot that was separated from her."""
    return Voter.objects.filter(participant=participant).exists()


def to_agree(participant: Participant | None) -> list[Project]:
    """Projects to be merged that wait for the answer of a participant, who wrote one of the two."""
    if participant is None:
        return []
    rows = Project.objects.filter(budget=participant.process_id, merge_into__isnull=False)
    rows = rows.filter(
        Q(proposal__participant=participant, consent="")
        | Q(merge_into__proposal__participant=participant, other_consent="")
    )
    return list(rows.select_related("proposal", "merge_into__proposal").order_by("pk"))


@dataclass(frozen=True)
class Check:
    """A row of the checklist before declaring."""

    what: Any
    is_done: bool


def manage_page(process: Process, actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """The context of the page for those who run a budget."""
    budget = budget_of(process)
    projects, open_ = list(projects_of(budget)), list(unpriced(process))
    phases = list(process.phases.all())
    missing = rules.missing_before_declaring(
        budget, projects, phases, n_unpriced=len(open_), n_waiting=n_waiting(process), at=at
    )
    is_counted = Count.objects.filter(budget_id=process.pk).exists()
    n_ballots = Ballot.objects.filter(process=process).count()
    return {
        "process": process,
        "budget": budget,
        "projects": projects,
        "unpriced": open_,
        "checks": [Check(what, code not in missing) for code, what in CHECKLIST.items()],
        "is_ready": not missing,
        "may_withdraw_declaration": rules.may_withdraw_declaration(budget, phases, at),
        "may_count": budget.declared_at and process.state == ProcessState.CLOSED,
        "is_counted": is_counted,
        "takes_paper": bool(budget.declared_at)
        and not is_counted
        and (begins := rules.voting_begins(phases)) is not None
        and begins <= at
        and taking_part.takes_paper(process, at, TYPING_IN),
        "n_ballots": n_ballots,
        "n_codes": process.voter_codes.count(),
        "may_run": taking_part.may_run(actor, process),
    }


@dataclass(frozen=True)
class ProjectResult:
    """A project in a count: in which round it was chosen, or why not; for few ballots without
    numbers of votes."""

    project: Project
    votes: int | None
    points: int | None
    reason: Any = ""
    # The chosen one of mutually exclusive projects.
    instead: Project | None = None
    missing: int | None = None
    n_paying: int | None = None
    most_paid: int | None = None
    left: int | None = None


@dataclass(frozen=True)
class Standing:
    """A count as pages show it."""

    count: Count
    winners: tuple[ProjectResult, ...]
    losers: tuple[ProjectResult, ...]
    ties: tuple[tuple[tuple[Project, ...], Any], ...]

    @property
    def is_small(self) -> bool:
        """Whether there were so few ballots that counts of votes could reveal who voted how."""
        return _is_small(self.count)

    @property
    def result(self) -> Mapping[str, Any]:
        """The result; for few ballots without numbers of votes."""
        return _shown(self.count)

    @property
    def n_ballots(self) -> int | None:
        """The number of ballots, None if it is small."""
        return None if self.is_small else self.count.n_ballots

    @property
    def n_by_hand(self) -> int | None:
        """The number of ballots entered by staff, which are in the same count; None if that, or the
        number of those cast online, is small."""
        if self.is_small:
            return None
        channels = self.result.get("channels", {})
        by_hand = sum(n for channel, n in channels.items() if channel != Channel.ONLINE)
        return shown_part(by_hand, self.count.n_ballots, settings.PRIVACY_FLOOR)


#: The parts of a count's row that depend on the number of voters.
_OF_VOTES = ("votes", "points", "n_paying", "most_paid", "rho", "missing")


def _is_small(count: Count) -> bool:
    return bool(count.n_ballots) and not count.result["has_file"]


def _shown(count: Count) -> Mapping[str, Any]:
    result: dict[str, Any] = count.result
    if not _is_small(count):
        return result
    lists = {
        name: [row | {key: None for key in _OF_VOTES if key in row} for row in result[name]]
        for name in ("rounds", "losers")
    }
    return result | lists | {"n_served": None, "channels": {}}


def standing(budget: Budget) -> Standing | None:
    """The count, None before it."""
    count = Count.objects.filter(budget_id=budget.pk).defer("file").first()
    if count is None:
        return None
    by_number = {project.number: project for project in on_ballot(budget)}
    result = _shown(count)

    winners = [by_number[row["number"]] for row in result["rounds"]]

    def line(row: Mapping[str, Any]) -> ProjectResult:
        own = {name: row.get(name) for name in ("missing", "n_paying", "most_paid", "left")}
        reason = REASONS[row["reason"]] if "reason" in row else ""
        project = by_number[row["number"]]
        instead = None
        if row.get("reason") == "cap" and project.only_one_of:
            instead = next(
                (winner for winner in winners if winner.only_one_of == project.only_one_of), None
            )
        return ProjectResult(project, row["votes"], row["points"], reason, instead=instead, **own)

    return Standing(
        count,
        tuple(map(line, result["rounds"])),
        tuple(map(line, result["losers"])),
        tuple(
            (tuple(by_number[n] for n in tie["between"]), TIES[tie["by"]]) for tie in result["ties"]
        ),
    )


def first_line(process: Process) -> str:
    """The chosen projects in a sentence; empty before the count."""
    count = (
        Count.objects.filter(budget__process=process).select_related("budget").defer("file").first()
    )
    if count is None:
        return ""
    spent, amount = (
        rules.money(count.result[key], count.budget.currency) for key in ("cost", "budget")
    )
    n = len(count.result["rounds"])
    return _("Projects chosen: %(n)s, using %(spent)s of %(amount)s.") % {
        "n": n, "spent": spent, "amount": amount,
    }  # fmt: skip


def recount_line(budget: Budget) -> str:
    """The command by which anybody can count the public file."""
    parts = ["alliance budget count ballots.pb --rule", budget.rule]
    if budget.rule == Rule.EQUAL_SHARES:
        parts += ["--utility", budget.utility, "--completion", budget.completion]
    else:
        parts += ["--unaffordable", budget.unaffordable]
    if budget.min_votes:
        parts += ["--min-votes", str(budget.min_votes)]
    return " ".join(parts)


def public_file(process: Process) -> str:
    """The public file of a vote. Raises NotFound before the count, and for few ballots."""
    count = Count.objects.filter(budget_id=process.pk).exclude(file="").first()
    if count is None:
        raise NotFound("ballots", process.public_id)
    return count.file


def split(projects: list[Project]) -> dict[str, list[Project]]:
    """Projects on the ballot or eligible, ineligible ones, merged ones, and undecided ones."""
    merged = [project for project in projects if project.is_merged]
    rest = [project for project in projects if not project.is_merged]
    return {
        "eligible": [project for project in rest if project.eligible == Eligible.YES],
        "refused": [project for project in rest if project.eligible == Eligible.NO],
        "open": [project for project in rest if not project.eligible],
        "merged": merged,
    }
