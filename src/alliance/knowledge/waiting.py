"""What waits in the knowledge base: reviews, drafts to change, questions, cases to check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import Asked, Provider, Turn, Waiting, rows_of, start_of
from alliance.knowledge.enums import CaseStatus, DraftState, Language, ReviewState
from alliance.knowledge.models import CaseStudy, CaseText, Draft, DraftRevision, Review
from alliance.knowledge.rules import REVIEW_WITHIN
from alliance.knowledge.selectors.localise import by_language
from alliance.knowledge.selectors.questions import unanswered
from alliance.knowledge.selectors.reviews_queue import HELD, titles_of, with_titles
from alliance.knowledge.selectors.translation_work import TRANSLATED
from alliance.knowledge.services.freshness import ASK_BEFORE
from alliance.network.access import in_force
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import Membership, Organisation
from alliance.web import formatting

#: The page where one acts, by act.
_PAGES = {
    "changes": "knowledge:review",
    "case-check": "knowledge:case",
    "translation": "knowledge:case-translate",
}
#: Reviews, and answers to questions, that take longer are late.
LATE = REVIEW_WITHIN


def _reviews(asked: Asked) -> Iterator[Waiting]:
    """Reviews that people took, and places that are free for other reviewers. Two queries."""
    if not asked.has_role(NetworkRole.REVIEWER):
        return
    drafts = list(with_titles(Draft.objects.filter(state=DraftState.IN_REVIEW)))
    # Who wrote a draft does not review it, nor who gave the review of this submission back.
    people: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    reviews = Review.objects.filter(draft__in=drafts).order_by()
    writers = DraftRevision.objects.filter(draft__in=drafts, actor__isnull=False).order_by()
    both = reviews.values_list("draft", "submission", "state", "reviewer").union(
        writers.values_list("draft", Value(0), Value("", output_field=CharField()), "actor")
    )
    for draft, submission, state, person in both if drafts else ():
        people[draft].append((submission, state, person))
    for row in drafts:
        present = [one for one in people[row.pk] if one[0] == row.submission]
        since = row.submitted_at or row.saved_at
        common: dict[str, Any] = {
            "public_id": row.public_id,
            "since": since,
            "by": (since + LATE).date(),
            "route": "knowledge:review",
            "args": (row.public_id,),
            "titles": titles_of(row, row.language),
        }
        for _submission, state, person in present:
            if state == ReviewState.TAKEN and person is not None:
                yield Waiting(kind="review", turn=Turn(person=person), **common)
        missing = row.n_reviewers - sum(state in HELD for _submission, state, _person in present)
        if missing > 0:
            yield Waiting(
                kind="reviewer",
                turn=Turn(
                    role=NetworkRole.REVIEWER,
                    not_teams=frozenset({row.organisation.public_id}),
                    not_people=frozenset(
                        person
                        for submission, _state, person in people[row.pk]
                        if submission in {0, row.submission} and person is not None
                    ),
                ),
                n=missing,
                # A draft whose city is hidden does not name its team to reviewers.
                notes={} if row.masked else by_language(row.organisation),
                **common,
            )


def _with_team(rows: QuerySet[CaseStudy]) -> QuerySet[Any]:
    """Cases with their titles, and the id of the team that answers for each."""
    municipality = Organisation.objects.filter(
        city=OuterRef("city"), kind=OrganisationKind.MUNICIPALITY
    ).order_by("name", "pk")
    texts = CaseText.objects.filter(case=OuterRef("pk"))
    titles = {
        f"title_{code}": Subquery(texts.filter(language=code).values("title")[:1])
        for code in Language.values
    }
    return rows.annotate(
        team=Coalesce("owner__public_id", Subquery(municipality.values("public_id")[:1])),
        **titles,
    )


def _questions(asked: Asked) -> Iterator[Waiting]:
    """Questions about published cases without an answer. One query.

    Where nobody edits for the team that answers for the case, it is the secretariat's turn.
    """
    editors = Membership.objects.filter(
        in_force(asked.at),
        organisation__public_id=OuterRef("team"),
        role=TeamRole.EDITOR,
        user__is_active=True,
    )
    theirs = asked.of_team("team") & Q(has_editor=True)
    if asked.has_role(NetworkRole.SECRETARIAT):
        theirs |= Q(has_editor=False)
    case = _with_team(CaseStudy.objects.filter(public_id=OuterRef("record_id")).order_by())
    names = ["team", "original_language", "is_masked", *(f"title_{code}" for code in Language)]
    rows: QuerySet[Any] = (
        unanswered()
        .annotate(**{name: Subquery(case.values(name)[:1]) for name in names})
        .annotate(has_editor=Exists(editors))
    )
    for row in rows.filter(theirs):
        yield Waiting(
            kind="question",
            public_id=row.public_id,
            turn=Turn(team=row.team) if row.has_editor else Turn(role=NetworkRole.SECRETARIAT),
            since=row.at,
            by=(row.at + LATE).date(),
            route="knowledge:question",
            args=(row.public_id,),
            titles=titles_of(row, row.original_language),
            # A reader may have guessed the city of a case that hides it.
            notes={} if row.is_masked else {row.language: row.text},
        )


def _kept(asked: Asked) -> Iterator[Waiting]:
    """One query: drafts that reviewers gave back to their team, published cases of teams whose
    date of review is near or over, and translations of these that are behind."""
    given = Review.objects.filter(
        draft=OuterRef("pk"), submission=OuterRef("submission"), given_at__isnull=False
    ).order_by("-given_at")
    changes = with_titles(
        Draft.objects.filter(
            asked.of_team("organisation__public_id"), state=DraftState.CHANGES_ASKED
        )
    )
    checks = _with_team(
        CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, review_by__lte=(asked.at + ASK_BEFORE).date()
        )
    ).filter(asked.of_team("team"), team__isnull=False)
    behind = _with_team(
        CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
        .annotate(
            target=FilteredRelation("texts", condition=Q(texts__status__in=TRANSLATED)),
            source=FilteredRelation("texts", condition=Q(texts__language=F("original_language"))),
        )
        .filter(target__source_revision__lt=F("source__revision"))
    ).filter(asked.of_team("team"), team__isnull=False)
    titles = {f"title_{code}": f"title_{code}" for code in Language.values}
    since = Coalesce(Subquery(given.values("given_at")[:1]), "saved_at")
    of_draft = {"team": "organisation__public_id", "language": "language", "since": since}
    of_case = {"team": "team", "language": "original_language"}
    of_text = {"part": "target__language", "since": Coalesce("edited_at", "updated_at")}
    for row in rows_of(
        ("changes", changes, titles | of_draft),
        ("case-check", checks, titles | of_case | {"day": "review_by", "by": "review_by"}),
        ("translation", behind, titles | of_case | of_text),
    ):
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=row.since or start_of((row.day or asked.at.date()) - ASK_BEFORE),
            by=row.by,
            route=_PAGES[row.kind],
            args=(row.public_id, row.part) if row.part else (row.public_id,),
            titles=row.titles,
            notes={
                code: formatting.language_name(row.part, language=code) for code in Language.values
            }
            if row.part
            else {},
        )


PROVIDERS = (
    Provider(
        {"review": _("Finish your review"), "reviewer": _("Review a draft")},
        _reviews,
        {"review_named": "review", "review_proposed": "reviewer"},
    ),
    Provider({"question": _("Answer a question")}, _questions, {"question_asked": "question"}),
    Provider(
        {
            "changes": _("Change a draft as its reviewers ask"),
            "translation": _("Bring a translation up to date"),
            "case-check": _("Check whether a case is still correct"),
        },
        _kept,
        {
            "review_changes_asked": "changes",
            "review_due": "case-check",
            "case_published": "published",
            "question_answered": "answered",
        },
        {
            "published": _("Your team’s case is published"),
            "answered": _("Your question has an answer"),
        },
    ),
)
