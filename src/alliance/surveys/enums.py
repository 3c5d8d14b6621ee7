"""Closed vocabularies of surveys."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    SINGLE = "single", pgettext_lazy("kind of question", "choose one answer")
    SEVERAL = "several", pgettext_lazy("kind of question", "choose several answers")
    SCALE = "scale", pgettext_lazy("kind of question", "a point on a scale")
    NUMBER = "number", pgettext_lazy("kind of question", "a number")
    TEXT = "text", pgettext_lazy("kind of question", "in your own words")
    RANKING = "ranking", pgettext_lazy("kind of question", "rank the answers")
    MATRIX = "matrix", pgettext_lazy("kind of question", "a scale for each item")
    POINT = "point", pgettext_lazy("kind of question", "points on a map")
    LINE = "line", pgettext_lazy("kind of question", "lines on a map")
    AREA = "area", pgettext_lazy("kind of question", "areas on a map")


#: Kinds with options or rows.
WITH_OPTIONS = frozenset(
    {QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.RANKING, QuestionKind.MATRIX}
)
#: Kinds with a lowest and a highest number.
WITH_SCALE = frozenset({QuestionKind.SCALE, QuestionKind.MATRIX})
#: Kinds with a single answer, which can be crossed.
CROSSED = (QuestionKind.SINGLE, QuestionKind.SCALE)
#: Kinds that are answered on a map.
ON_MAP = frozenset({QuestionKind.POINT, QuestionKind.LINE, QuestionKind.AREA})
#: Kinds that can be asked for each place.
OF_PLACES = frozenset(
    {
        QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.SCALE, QuestionKind.NUMBER,
        QuestionKind.TEXT,
    }
)  # fmt: skip
#: Kinds on whose answers other questions can depend.
DECIDING = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.SCALE})
