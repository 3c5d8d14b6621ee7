"""What questions for universities publish to the search index, with their answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.localise import by_language
from alliance.research.enums import QuestionState
from alliance.research.models import ResearchAnswer, ResearchQuestion

KINDS = ("research-question",)


def _question(one: ResearchQuestion) -> Iterator[Document]:
    """A question in its own language, and in each that its answer is in."""
    answers = {text.language: text for text in one.accepted.texts.all()} if one.accepted else {}
    facets = place_facets([one.city])
    facets |= {"theme": tuple(sorted(one.themes))} if one.themes else {}
    facets |= {"topic": (one.topic,)} if one.topic else {}
    for language in sorted({one.language, *answers}):
        answer, is_own = answers.get(language), language == one.language
        told = [one.title, one.text] if is_own else []
        told += [answer.title, answer.text] if answer else []
        told += [one.wording] if one.wording_language == language else []
        # In its own language the question is the title, and the answer what is said of it.
        title, *rest = told
        summary = answer.title if answer and is_own else rest[0]
        yield Document(
            kind="research-question",
            public_id=one.public_id,
            language=language,
            title=title,
            summary=summary,
            body="\n".join(rest),
            names=names_of([one.city]),
            facets=facets,
            updated_at=one.changed_at,
            latitude=one.city.latitude,
            longitude=one.city.longitude,
            extra={"place": by_language(one.city), "country": one.city.country},
        )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the questions that bear something of the records of `ids`, by kind."""
    rows = ResearchQuestion.objects.filter(city__public_id__in=list(ids.get("city", ())))
    found = set(rows.values_list("public_id", flat=True))
    answers = ResearchAnswer.objects.filter(public_id__in=list(ids.get("research answer", ())))
    found |= set(answers.values_list("collaboration__question__public_id", flat=True))
    return {("research-question", public_id) for public_id in found}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all questions that were not withdrawn, or of those named; of others none.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"research publishes no {kind!r}")
    rows = ResearchQuestion.objects.exclude(state=QuestionState.WITHDRAWN)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    for one in rows.select_related("city", "accepted").prefetch_related("accepted__texts"):
        yield from _question(one)
