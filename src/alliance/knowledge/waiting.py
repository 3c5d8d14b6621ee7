"""What waits in the knowledge base: reviews, drafts to change, questions, cases to check."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Row, Turn, Waiting, start_of
from alliance.knowledge.enums import CaseStatus, DraftState, Language, ReviewState
from alliance.knowledge.models import (
    CaseStudy,
    CaseText,
    Draft,
    DraftRevision,
    Question,
    Review,
    SourceCheck,
)
from alliance.knowledge.selectors.localise import by_language
from alliance.knowledge.selectors.questions import unanswered
from alliance.knowledge.selectors.reviews_queue import HELD, titles_of, with_titles
from alliance.knowledge.selectors.teams import cases_of_teams, with_team
from alliance.knowledge.selectors.translation_work import TRANSLATED
from alliance.knowledge.services.freshness import ASK_BEFORE
from alliance.knowledge.sources import Citing, all_citing
from alliance.knowledge.writing_rules import REVIEW_WITHIN
from alliance.network.access import in_force
from alliance.network.enums import Origin, TeamRole
from alliance.network.models import Membership, Organisation
from alliance.web import formatting

#: The page where one acts, by act.
_PAGES = {
    "changes": "knowledge:review",
    "case-check": "knowledge:case",
    "translation": "knowledge:case-translate",
    "question": "knowledge:question",
    "published": "knowledge:case",
    "answered": "knowledge:case",
    "no-editor": "network:team",
}
_OPEN = (DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED)
_NAMES = {"title": "name", "title_fr": "name_fr", "title_sv": "name_sv"}
_TITLES = {f"title_{code}": f"title_{code}" for code in Language.values}
#: Reviews, and answers to questions, that take longer are late.
LATE = REVIEW_WITHIN


def _reviews(asked: Asked) -> Iterator[Waiting]:
    """Reviews that people took, and places that are free for other reviewers; half-way to the day
    it is the secretariat's turn to find some. Two queries."""
    is_secretariat = asked.has_role(NetworkRole.SECRETARIAT)
    if not (is_secretariat or asked.has_role(NetworkRole.REVIEWER)):
        return
    drafts = list(with_titles(Draft.objects.filter(state=DraftState.IN_REVIEW)))
    # Who wrote a draft does not review it, nor who gave the review of this submission back.
    people: dict[int, list[tuple[int, str, int, dt.datetime | None]]] = defaultdict(list)
    reviews = Review.objects.filter(draft__in=drafts).order_by()
    writers = DraftRevision.objects.filter(draft__in=drafts, actor__isnull=False).order_by()
    never = Cast(Value(None), DateTimeField())
    both = reviews.values_list("draft", "submission", "state", "reviewer", "taken_at").union(
        writers.values_list("draft", Value(0), Value("", output_field=CharField()), "actor", never)
    )
    for draft, submission, state, person, taken_at in both if drafts else ():
        people[draft].append((submission, state, person, taken_at))
    for row in drafts:
        present = [review for review in people[row.pk] if review[0] == row.submission]
        since = row.submitted_at or row.saved_at
        common: dict[str, Any] = {
            "public_id": row.public_id,
            "route": "knowledge:review",
            "args": (row.public_id,),
            "titles": titles_of(row, row.language),
        }
        for _submission, state, person, began in present:
            if state == ReviewState.TAKEN and person is not None:
                taken = began or since
                yield Waiting(
                    kind="review",
                    turn=Turn(person=person),
                    since=taken,
                    by=(taken + REVIEW_WITHIN).date(),
                    **common,
                )
        missing = row.n_reviewers - sum(state in HELD for _submission, state, *_rest in present)
        half_way = since + REVIEW_WITHIN / 2
        if missing > 0 and is_secretariat and half_way <= asked.at:
            yield Waiting(
                kind="reviewer-missing",
                turn=Turn(role=NetworkRole.SECRETARIAT),
                since=half_way,
                by=(since + REVIEW_WITHIN).date(),
                n=missing,
                **common | {"route": "knowledge:review-name"},
            )
        if missing > 0:
            yield Waiting(
                kind="reviewer",
                turn=Turn(
                    role=NetworkRole.REVIEWER,
                    not_teams=frozenset({row.organisation.public_id}),
                    not_people=frozenset(
                        person
                        for submission, _state, person, _taken_at in people[row.pk]
                        if submission in {0, row.submission} and person is not None
                    ),
                ),
                since=since,
                by=(since + REVIEW_WITHIN).date(),
                n=missing,
                is_untaken=missing == row.n_reviewers,
                # A draft whose city is hidden does not name its team to reviewers.
                notes={} if row.masked else by_language(row.organisation),
                **common,
            )


def _left_alone(asked: Asked) -> QuerySet[Any]:
    """Teams whose last editor is gone and that have a case, a draft or a membership of before:
    what waits for them waits for nobody. For the secretariat."""
    of_team = Membership.objects.filter(organisation=OuterRef("pk"), role=TeamRole.EDITOR)
    cases = CaseStudy.objects.filter(owner=OuterRef("pk"), status=CaseStatus.PUBLISHED)
    drafts = Draft.objects.filter(organisation=OuterRef("pk"), state__in=_OPEN)
    left = of_team.annotate(left_at=Coalesce("ended_at", "expires_at")).order_by("-left_at")
    teams = Organisation.objects.filter(
        ~Exists(of_team.filter(in_force(asked.at), user__is_active=True)),
        Exists(of_team) | Exists(cases.exclude(origin=Origin.STARTER)) | Exists(drafts),
    ).annotate(left_at=Subquery(left.values("left_at")[:1]))
    return teams


def _unanswered(asked: Asked) -> QuerySet[Any]:
    """Questions about published cases without an answer.

    Where nobody edits for the team that answers for the case, it is the secretariat's turn.
    """
    editors = Membership.objects.filter(
        in_force(asked.at),
        organisation__public_id=OuterRef("of_case"),
        role=TeamRole.EDITOR,
        user__is_active=True,
    )
    theirs = asked.of_team("of_case") & Q(has_editor=True)
    if asked.has_role(NetworkRole.SECRETARIAT):
        theirs |= Q(has_editor=False)
    return (
        _with_case(unanswered(), of_case="team", is_masked="is_masked")
        .annotate(has_editor=Exists(editors))
        .filter(theirs)
        .annotate(
            team=Case(When(has_editor=True, then=F("of_case")), default=Value("")),
            # A reader may have guessed the city of a case that hides it.
            told=Case(
                When(is_masked=True, then=Value("")),
                default=F("text"),
                output_field=TextField(),
            ),
        )
    )


def _with_case(questions: QuerySet[Question], **columns: str) -> QuerySet[Any]:
    """Questions with the titles, the language and further columns of their cases."""
    case = CaseStudy.objects.filter(public_id=OuterRef("record_id")).order_by()
    texts = CaseText.objects.filter(case__public_id=OuterRef("record_id")).order_by()
    expressions = {"original_language": Subquery(case.values("original_language")[:1])}
    for code in Language.values:
        expressions[f"title_{code}"] = Subquery(texts.filter(language=code).values("title")[:1])
    for name, of in columns.items():
        rows = with_team(case) if of == "team" else case
        expressions[name] = Subquery(rows.values(of)[:1])
    return questions.annotate(**expressions)


def _reads(asked: Asked) -> list[tuple[str, QuerySet[Any], dict[str, Any]]]:
    reviews = Review.objects.filter(
        draft=OuterRef("pk"), submission=OuterRef("submission"), given_at__isnull=False
    ).order_by("-given_at")
    drafts = with_titles(Draft.objects.filter(asked.of_team("organisation__public_id")))
    cases = cases_of_teams(asked.teams)
    checks = with_team(cases.filter(review_by__lte=(asked.at + ASK_BEFORE).date())).filter(
        asked.of_team("team"), team__isnull=False
    )
    behind = with_team(
        cases.annotate(
            target=FilteredRelation("texts", condition=Q(texts__status__in=TRANSLATED)),
            source=FilteredRelation("texts", condition=Q(texts__language=F("original_language"))),
        ).filter(target__source_revision__lt=F("source__revision"))
    ).filter(asked.of_team("team"), team__isnull=False)
    published = drafts.filter(state=DraftState.PUBLISHED, closed_at__gte=asked.at - NEWS_FOR)
    answered = Question.objects.about(status=CaseStatus.PUBLISHED).filter(
        Q() if asked.people is None else Q(author__pk__in=list(asked.people)),
        author__isnull=False,
        answer__at__gte=asked.at - NEWS_FOR,
    )
    given_at = Coalesce(Subquery(reviews.values("given_at")[:1]), "saved_at")
    of_draft = _TITLES | {"team": "organisation__public_id", "language": "language"}
    of_case = _TITLES | {"team": "team", "language": "original_language"}
    of_text = {"part": "target__language", "since": Coalesce("edited_at", "updated_at")}
    of_question = of_case | {"since": "at", "note_language": "language", "note": "told"}
    of_answer = {
        "public_id": "record_id",
        "language": "original_language",
        "part": Cast("author", CharField()),
        "since": "answer__at",
    }
    is_secretariat = asked.has_role(NetworkRole.SECRETARIAT)
    reads: list[tuple[str, QuerySet[Any], dict[str, Any]]] = []
    # What nobody who is asked for can have is not asked of the database either.
    if asked.teams is None or asked.teams:
        changes = drafts.filter(state=DraftState.CHANGES_ASKED)
        of_news = {"public_id": "case__public_id", "since": "closed_at"}
        reads += [
            ("changes", changes, of_draft | {"since": given_at}),
            ("case-check", checks, of_case | {"day": "review_by", "by": "review_by"}),
            ("translation", behind, of_case | of_text),
            ("published", published, of_draft | of_news),
        ]
    if reads or is_secretariat:
        reads.append(("question", _unanswered(asked), of_question))
    if asked.people is None or asked.people:
        reads.append(("answered", _with_case(answered), _TITLES | of_answer))
    if is_secretariat:
        reads.append(("no-editor", _left_alone(asked), _NAMES | {"since": "left_at"}))
    return reads


def _waiting_items(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Drafts that reviewers gave back to their team, published cases of teams whose date of review
    is near or over, translations of these that are behind, questions, and teams without an editor;
    of the last days, what was published and answered."""
    for row in rows:
        turn = Turn(team=row.team) if row.team else Turn(role=NetworkRole.SECRETARIAT)
        args: tuple[str, ...] = (row.public_id,)
        notes, by = row.notes, row.by
        since = row.since or (start_of(row.day - ASK_BEFORE) if row.day else asked.at)
        if row.kind == "translation":
            args += (row.part,)
            notes = {
                code: formatting.language_name(row.part, language=code) for code in Language.values
            }
        elif row.kind == "question":
            by = (since + LATE).date()
        elif row.kind == "answered":
            turn = Turn(person=int(row.part))
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=turn,
            since=since,
            by=by,
            route=_PAGES[row.kind],
            args=args,
            titles=row.titles,
            notes=notes,
        )


def _dead(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.has_role(NetworkRole.SECRETARIAT) or asked.teams is None or asked.teams:
        dead = SourceCheck.objects.filter(is_alive=False)
        yield "sources-gone", dead, {"public_id": "url", "since": "checked_at"}


def _gone(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Cases and reports that cite what is no longer there, for the team that can change them; all
    others are one task of the secretariat. No query where nothing is gone."""
    teams = None if asked.has_role(NetworkRole.SECRETARIAT) else asked.teams
    dead = {row.public_id: row.since or asked.at for row in rows}
    records: dict[tuple[str, tuple[str | int, ...]], list[Citing]] = defaultdict(list)
    for citation in all_citing(dead, teams):
        records[
            (citation.route, citation.args) if citation.team else ("knowledge:desk-stale", ())
        ].append(citation)
    for (route, args), citations in records.items():
        titles, team = citations[0].titles, citations[0].team
        if not team:
            titles = {}
            for code in Language.values:
                with translation.override(code):
                    n = len({citation.url for citation in citations})
                    titles[code] = ngettext("%(n)s source", "%(n)s sources", n) % {"n": n}
        yield Waiting(
            kind="source-gone" if team else "sources-gone",
            public_id=str(args[0]) if team else "sources",
            turn=Turn(team=team) if team else Turn(role=NetworkRole.SECRETARIAT),
            since=max(dead[citation.url] for citation in citations),
            route=route,
            args=args,
            titles=titles,
        )


PROVIDERS = (
    Provider(
        {
            "review": _("Finish your review"),
            "reviewer": _("Review a draft"),
            "reviewer-missing": _("Ask someone to review a draft"),
        },
        _reviews,
        {"review_named": "review", "review_proposed": "reviewer"},
        roles={
            "review": NetworkRole.REVIEWER,
            "reviewer": NetworkRole.REVIEWER,
            "reviewer-missing": NetworkRole.SECRETARIAT,
        },
    ),
    Provider(
        {
            "question": _("Answer a question"),
            "changes": _("Make the changes reviewers asked for"),
            "translation": _("Update a translation"),
            "case-check": _("Check whether a case is still correct"),
            "no-editor": _("Find an editor for a team"),
        },
        _waiting_items,
        reads=_reads,
        letters={
            "question_asked": "question",
            "review_changes_asked": "changes",
            "review_due": "case-check",
            "case_published": "published",
            "question_answered": "answered",
            "case_withdrawn": "withdrawn",
        },
        news={
            "published": _("Your team’s case has been published"),
            "answered": _("Your question has been answered"),
            "withdrawn": _("Your team’s case has been withdrawn"),
        },
        roles={"no-editor": NetworkRole.SECRETARIAT},
        of_people=frozenset({"answered"}),
    ),
    Provider(
        {
            "source-gone": _("Replace a source that is no longer available"),
            "sources-gone": _("See which sources are no longer available"),
        },
        _gone,
        reads=_dead,
        roles={"sources-gone": NetworkRole.SECRETARIAT},
    ),
)
