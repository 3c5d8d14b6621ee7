"""The search documents of topic groups: their mandates and deliverables."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils import translation

from alliance.core.documents import Document
from alliance.groups.models import TopicGroup
from alliance.network.enums import Language, Topic

KINDS = ("topic-group",)


def _group(topic_group: TopicGroup) -> Iterator[Document]:
    """A group in its own language; if its name is that of its topic, with the name in all three
    languages."""
    delivered = "\n".join(f"{row.title}. {row.result}" for row in topic_group.deliverables.all())
    # Of each text the newest version in each language.
    texts: dict[str, dict[int, str]] = {}
    for row in topic_group.deliverables.all():
        for text in reversed(row.texts.all()):
            texts.setdefault(text.language, {})[row.pk] = f"{text.title}\n{text.body}"
    names = {}
    for language in Language.values:
        with translation.override(language):
            names[language] = (
                topic_group.name,
                str(Topic(topic_group.topic).label) if topic_group.topic else topic_group.name,
            )
    for language in [topic_group.language] if topic_group.title else Language.values:
        yield Document(
            kind="topic-group",
            public_id=topic_group.public_id,
            language=language,
            title=names[language][0],
            summary=topic_group.mandate,
            body="\n".join([delivered, *texts.get(language, {}).values()]),
            names=names,
            facets={"topic": (topic_group.topic,)} if topic_group.topic else {},
            updated_at=topic_group.changed_at,
            extra={},
        )


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all active groups, or of those named; none of others.

    Synthetic ones for demonstration are not indexed.
    """
    rows = TopicGroup.objects.filter(ended_at=None, is_synthetic=False)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    for row in rows.prefetch_related("deliverables__texts"):
        yield from _group(row)
