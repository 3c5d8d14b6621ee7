"""Forms of challenges, of answers to them, and of the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.needs_offers_forms import language_choices
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.services import answers, challenges
from alliance.testbeds.services.answers import AnswerData, ClaimData, ConflictData
from alliance.testbeds.services.challenges import ChallengeData
from alliance.testbeds.services.decisions import Selection
from alliance.web.fields import LongText, ShortText, day_field

_NONE = [("", gettext_lazy("none"))]


def _yes_or_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """Radio buttons for yes and no, with neither preselected."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("no", no), ("yes", yes)],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


class ConflictForm(forms.Form):
    """The declaration on conflicts of interest, shared by the forms of answers and decisions."""

    has_conflict = _yes_or_no(
        gettext_lazy("Conflict of interest"),
        gettext_lazy("yes, there is a conflict of interest"),
        gettext_lazy("no, there is no conflict of interest"),
    )
    conflict = LongText(
        label=gettext_lazy("Description of the conflict"),
        rows=3,
        max_length=challenges.LONGEST_WORDS,
        help_text=gettext_lazy(
            "Required if there is a conflict of interest, for example "
            "a job, a contract, shares or a relative."
        ),
    )
    declared_name = ShortText(
        label=gettext_lazy("Name of the person declaring it"),
        size=40,
        max_length=answers.LONGEST_NAME,
        help_text=gettext_lazy("Published with the decision."),
    )

    def conflict_words(self) -> ConflictData:
        """The declaration as the services expect it."""
        cleaned_data = self.cleaned_data
        return ConflictData(
            cleaned_data["has_conflict"], cleaned_data["declared_name"], cleaned_data["conflict"]
        )


class CriterionRow(RowForm):
    """A criterion by which answers are judged."""

    text = ShortText(
        label=gettext_lazy("Criterion %(row)s"), size=60, max_length=challenges.LONGEST_ROW
    )


class ChallengeForm(RowsForm):
    """All fields of a challenge."""

    groups = {
        "criteria": rows_of(
            CriterionRow,
            most=challenges.MOST_ROWS,
            heading=gettext_lazy("Criteria"),
            note=gettext_lazy(
                "Criteria used to assess the answers. Blank rows are ignored. Save to add "
                "more rows."
            ),
        )
    }

    title = ShortText(
        label=gettext_lazy("Short description"), size=60, max_length=challenges.LONGEST_TITLE
    )
    text = LongText(
        label=gettext_lazy("Problem to solve"),
        rows=7,
        max_length=challenges.LONGEST_TEXT,
        help_text=gettext_lazy(
            "Describe what you have already tried, and what would count as a solution. "
            "Shown publicly."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )
    need = forms.ChoiceField(
        label=gettext_lazy("Need behind the challenge"), required=False, choices=_NONE
    )
    testbed = forms.ChoiceField(
        label=gettext_lazy("Testbed to be used"), required=False, choices=_NONE
    )
    offers_place = LongText(
        label=gettext_lazy("Offered by the city: site"),
        rows=3,
        max_length=challenges.LONGEST_WORDS,
    )
    offers_data = LongText(
        label=gettext_lazy("Offered by the city: data"),
        rows=3,
        max_length=challenges.LONGEST_WORDS,
    )
    offers_budget = LongText(
        label=gettext_lazy("Offered by the city: budget"),
        rows=3,
        max_length=challenges.LONGEST_WORDS,
    )
    opens_on = day_field(label=gettext_lazy("First day for answers"))
    closes_on = day_field(label=gettext_lazy("Last day for answers"))

    def words(self) -> ChallengeData:
        """The cleaned data as the service expects it."""
        criteria = tuple(row["text"] for row in self.written("criteria"))
        return ChallengeData(**self.cleaned_data, criteria=criteria)

    @staticmethod
    def initial_of(challenge: Challenge) -> dict[str, Any]:
        """Initial values of the plain fields."""
        names = [
            base_field
            for base_field in ChallengeForm.base_fields
            if base_field not in {"need", "testbed"}
        ]
        named = {"need": challenge.need, "testbed": challenge.testbed}
        return {name: getattr(challenge, name) for name in names} | {
            name: record.public_id if record else "" for name, record in named.items()
        }


class ClaimRow(RowForm):
    """A claim with its evidence."""

    text = ShortText(
        label=gettext_lazy("Claim %(row)s"), size=60, max_length=challenges.LONGEST_ROW
    )
    url = ShortText(
        label=gettext_lazy("Web address of the evidence (https), claim %(row)s"),
        size=60,
        max_length=500,
    )


class AnswerForm(RowsForm, ConflictForm):
    """All fields of an answer, with the required declaration."""

    groups = {
        "claims": rows_of(
            ClaimRow,
            most=challenges.MOST_ROWS,
            heading=gettext_lazy("Claims"),
            note=gettext_lazy(
                "Give the web address of the evidence for each claim, for example a "
                "published pilot or case. Blank rows are ignored."
            ),
        )
    }

    title = ShortText(
        label=gettext_lazy("Short description"), size=60, max_length=challenges.LONGEST_TITLE
    )
    text = LongText(
        label=gettext_lazy("Your proposed solution"), rows=7, max_length=challenges.LONGEST_TEXT
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )

    def words(self) -> AnswerData:
        """The cleaned data as the service expects it."""
        cleaned_data = self.cleaned_data
        return AnswerData(
            title=cleaned_data["title"],
            text=cleaned_data["text"],
            language=cleaned_data["language"],
            conflict=self.conflict_words(),
            claims=tuple(ClaimData(**row) for row in self.written("claims")),
        )

    @staticmethod
    def initial_of(answer: Answer) -> dict[str, Any]:
        """Initial values; the declaration is left blank, since each change needs a new one."""
        return {name: getattr(answer, name) for name in ("title", "text", "language")}


class WithdrawForm(ServiceForm):
    """The reason for withdrawing a challenge."""

    reason = LongText(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=challenges.LONGEST_WORDS,
        help_text=gettext_lazy("Shown publicly."),
    )


class DecideForm(ServiceForm, ConflictForm):
    """The decision: for each answer whether it is chosen and why, and the decider's declaration."""

    outcome = LongText(
        label=gettext_lazy("Explanation of the decision"),
        rows=5,
        max_length=challenges.LONGEST_WORDS,
        help_text=gettext_lazy(
            "Explain why you chose one, several or no answers, and "
            "what happens next. Shown publicly."
        ),
    )

    def __init__(self, data: Any = None, *, lines: Sequence[Answer], **options: Any) -> None:
        super().__init__(data, **options)
        self._lines = lines
        for line in lines:
            team = {"team": local_name(line.organisation, get_language() or "en")}
            self.fields[f"is_chosen-{line.public_id}"] = _yes_or_no(
                _("Answer from %(team)s") % team,
                pgettext("answer", "chosen"),
                pgettext("answer", "not chosen"),
            )
            self.fields[f"reason-{line.public_id}"] = LongText(
                label=_("Reason given to %(team)s") % team,
                rows=3,
                max_length=challenges.LONGEST_WORDS,
            )

    def rows(self) -> list[tuple[Answer, forms.BoundField, forms.BoundField]]:
        """Each answer with its two fields."""
        return [
            (line, self[f"is_chosen-{line.public_id}"], self[f"reason-{line.public_id}"])
            for line in self._lines
        ]

    def verdicts(self) -> dict[str, Selection]:
        """The selection and reason for each answer, by its id."""
        cleaned_data = self.cleaned_data
        return {
            line.public_id: Selection(
                cleaned_data[f"is_chosen-{line.public_id}"],
                cleaned_data[f"reason-{line.public_id}"],
            )
            for line in self._lines
        }

    def field_of(self, where: str) -> str:
        """The field for a fault at `where`, which may name an answer."""
        parts = where.split(".")
        return f"{parts[2]}-{parts[1]}" if len(parts) == 3 else where
