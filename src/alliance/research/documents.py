"""Search documents of questions to universities and their answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.localise import by_language
from alliance.research.enums import QuestionState
from alliance.research.models import ResearchAnswer, ResearchQuestion

KINDS = ("research-question",)


def _question(research_question: ResearchQuestion) -> Iterator[Document]:
    """Yields a document in the question's own language and in each language of its answer."""
    answers = (
        {text.language: text for text in research_question.accepted.texts.all()}
        if research_question.accepted
        else {}
    )
    facets = place_facets([research_question.city])
    facets |= {"theme": tuple(sorted(research_question.themes))} if research_question.themes else {}
    facets |= {"topic": (research_question.topic,)} if research_question.topic else {}
    for language in sorted({research_question.language, *answers}):
        answer, is_own = answers.get(language), language == research_question.language
        texts = [research_question.title, research_question.text] if is_own else []
        texts += [answer.title, answer.text] if answer else []
        texts += (
            [research_question.wording] if research_question.wording_language == language else []
        )
        # In its own language, the question is the title and the answer is the text.
        title, *rest = texts
        summary = answer.title if answer and is_own else rest[0]
        yield Document(
            kind="research-question",
            public_id=research_question.public_id,
            language=language,
            title=title,
            summary=summary,
            body="\n".join(rest),
            names=names_of([research_question.city]),
            facets=facets,
            updated_at=research_question.changed_at,
            latitude=research_question.city.latitude,
            longitude=research_question.city.longitude,
            extra={
                "place": by_language(research_question.city),
                "country": research_question.city.country,
            },
        )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the questions that show data of the records in `ids`, by kind."""
    rows = ResearchQuestion.objects.filter(city__public_id__in=list(ids.get("city", ())))
    question_ids = set(rows.values_list("public_id", flat=True))
    answers = ResearchAnswer.objects.filter(public_id__in=list(ids.get("research answer", ())))
    question_ids |= set(answers.values_list("collaboration__question__public_id", flat=True))
    return {("research-question", public_id) for public_id in question_ids}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """Documents of all questions that are not withdrawn, or only of the listed ones.

    Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"research publishes no {kind!r}")
    rows = ResearchQuestion.objects.exclude(state=QuestionState.WITHDRAWN)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    for row in rows.select_related("city", "accepted").prefetch_related("accepted__texts"):
        yield from _question(row)
