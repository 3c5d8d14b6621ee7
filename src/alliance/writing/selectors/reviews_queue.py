"""What waits for review: the drafts that were handed in, the longest waiting first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from alliance.cases import rules
from alliance.cases.enums import DraftState, Language, ReviewState, Theme
from alliance.cases.models import SolutionText
from alliance.cases.selectors.case_list import Localised, localised
from alliance.cases.selectors.localise import chosen_text
from alliance.core.audit import Actor
from alliance.web import formatting
from alliance.web.paging import page_of
from alliance.writing.models import Draft, Review

PAGE_SIZE = 25
#: States of a review that keep its place: one that was given back leaves it free.
HELD = (ReviewState.TAKEN, ReviewState.APPROVED, ReviewState.CHANGES_ASKED)


@dataclass(frozen=True)
class QueueFilter:
    """What a reader of the queue asks for; empty means all."""

    language: str = ""
    theme: str = ""
    mine: bool = False


def _text_at(*path: str) -> KeyTextTransform:
    """The text at a path of the document, without reading the document."""
    *parents, last = path
    at: Any = "content"
    for key in parents:
        at = KeyTransform(key, at)
    return KeyTextTransform(last, at)


def _choices(
    labels: Iterable[tuple[str, str]], counts: Counter[str], chosen: str
) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "count": counts[value], "checked": value == chosen}
        for value, label in labels
        if counts[value] or value == chosen
    ]


def with_titles(drafts: QuerySet[Draft]) -> QuerySet[Any]:
    """Drafts with their titles by language, without the whole of what was written."""
    titles = {f"title_{code}": _text_at("texts", code, "title") for code in Language.values}
    masked = KeyTransform("is_masked", "content")
    return drafts.defer("content").select_related("organisation").annotate(**titles, masked=masked)


def titles_of(row: Any, first: str) -> dict[str, str]:
    """The titles that a row came with, by language, that of `first` first."""
    titles = {code: getattr(row, f"title_{code}") for code in (first, *Language.values)}
    return {code: title for code, title in titles.items() if title}


def _page_rows(keys: list[int]) -> list[Draft]:
    rows = (
        with_titles(Draft.objects.filter(pk__in=keys))
        .annotate(solution_id_text=_text_at("solution"), new_name=_text_at("new_solution", "name"))
        .prefetch_related(
            Prefetch("reviews", queryset=Review.objects.filter(state__in=HELD).order_by("id"))
        )
    )
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys]


def _solutions(rows: Iterable[Any], language: str) -> dict[str, Localised]:
    texts: dict[str, list[SolutionText]] = {}
    wanted = {row.solution_id_text for row in rows if row.solution_id_text}
    for text in (
        SolutionText.objects.filter(solution__public_id__in=wanted)
        .select_related("solution")
        .only("solution__public_id", "name", "language", "status", "revision", "source_revision")
    ):
        texts.setdefault(text.solution.public_id, []).append(text)
    return {
        key: Localised(chosen.text.name, chosen.lang_attr)
        for key, chosen in ((key, chosen_text(own, language)) for key, own in texts.items())
    }


def _standing(actor: Actor, row: Draft, readers: list[Review]) -> str:
    """What the reader can do with a draft of the queue.

    "mine" (to be judged), "given" (judged by the reader), "free" (to be taken), "full" (two review
    it), "own-team" or "not-reviewer" (not reviewable).
    """
    if row.organisation.public_id in actor.teams:
        return "own-team"
    own = next(
        (reader for reader in readers if actor.user and reader.reviewer_id == actor.user.pk), None
    )
    if own is not None:
        return "mine" if own.state == ReviewState.TAKEN else "given"
    if not rules.is_reviewer(actor):
        return "not-reviewer"
    return "full" if len(readers) >= row.n_reviewers else "free"


def _line(
    row: Any, *, actor: Actor, language: str, solutions: dict[str, Localised]
) -> dict[str, Any]:
    readers = [review for review in row.reviews.all() if review.submission == row.submission]
    solution = row.solution_id_text or ""
    code, title = next(iter(titles_of(row, row.language).items()), ("", ""))
    return {
        "draft": row,
        "title": localised(title, code, language),
        # The team would give a hidden city away.
        "knows_team": not row.masked
        or rules.is_secretariat(actor)
        or row.organisation.public_id in actor.teams,
        "solution": localised(row.new_name, row.language, language)
        if row.new_name
        else solutions.get(solution, Localised(solution)),
        "reviewers": readers,
        "standing": _standing(actor, row, readers),
    }


def _own(actor: Actor, waiting: QuerySet[Draft]) -> set[int]:
    """The drafts that the actor reviews."""
    reviews = Review.objects.filter(draft__in=waiting, reviewer=actor.user, state__in=HELD)
    return {
        draft
        for draft, judged, present in reviews.values_list(
            "draft", "submission", "draft__submission"
        )
        if judged == present
    }


def queue_of(
    actor: Actor, wanted: QueueFilter, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """The page of that number; `n_all` counts all that waits, whatever the filter.

    Five queries, however many drafts wait. Raises NotFound.
    """
    waiting = Draft.objects.filter(state=DraftState.IN_REVIEW)
    # What filters and counts rest on is read for all of the queue, the rest for a page of it.
    every = list(
        waiting.order_by("submitted_at", "id").values_list(
            "pk", "language", KeyTransform("themes", "content")
        )
    )
    mine = _own(actor, waiting)
    keys = [
        key
        for key, written_in, themes in every
        if (not wanted.language or written_in == wanted.language)
        and (not wanted.theme or wanted.theme in (themes or ()))
        and (not wanted.mine or key in mine)
    ]
    page = page_of(Paginator(keys, PAGE_SIZE), number)
    rows = _page_rows(list(page.object_list))
    solutions = _solutions(rows, language)
    languages = Counter(written_in for _key, written_in, _themes in every)
    themes = Counter(theme for _key, _language, own in every for theme in own or ())
    return {
        "lines": [_line(row, actor=actor, language=language, solutions=solutions) for row in rows],
        "page": page,
        "n_all": len(every),
        "n_mine": len(mine),
        "languages": _choices(
            ((code, formatting.language_name(code)) for code in Language.values),
            languages,
            wanted.language,
        ),
        "themes": _choices(
            ((theme.value, str(theme.label)) for theme in Theme), themes, wanted.theme
        ),
        "filter": wanted,
        "at": at,
    }
