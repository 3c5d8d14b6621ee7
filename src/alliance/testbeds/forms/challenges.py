"""The forms of challenges, of answers to them, and of the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.core.errors import InvalidData
from alliance.network.enums import Topic
from alliance.network.forms import TeamForm
from alliance.network.needs_offers_forms import language_choices
from alliance.testbeds.forms.rows import RowsForm
from alliance.testbeds.forms.testbeds import labelled, line, words
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.selectors.challenges import AnswerLine
from alliance.testbeds.services import answers, challenges
from alliance.testbeds.services.answers import AnswerWords, ClaimWords, ConflictWords
from alliance.testbeds.services.challenges import ChallengeWords
from alliance.testbeds.services.decisions import Verdict
from alliance.web.fields import day_field

Choices = Sequence[tuple[str, str]]


def _yes_or_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """An explicit choice of two: nothing is chosen beforehand."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("no", no), ("yes", yes)],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


class ConflictForm(forms.Form):
    """The declaration that answering and deciding have in common."""

    has_conflict = _yes_or_no(
        gettext_lazy("Conflict of interest"),
        gettext_lazy("yes, there is one"),
        gettext_lazy("no, there is none"),
    )
    conflict = labelled(
        words(challenges.LONGEST_WORDS),
        gettext_lazy("What it is"),
        gettext_lazy("Needed if there is one: a job, a contract, a share, a relative."),
    )
    declared_name = labelled(
        line(answers.LONGEST_NAME, 40),
        gettext_lazy("Name of who declares it"),
        gettext_lazy("It is public with the decision."),
    )

    def conflict_words(self) -> ConflictWords:
        """The declaration, for the services."""
        given = self.cleaned_data
        return ConflictWords(given["has_conflict"], given["declared_name"], given["conflict"])


class ChallengeForm(RowsForm):
    """A challenge whole."""

    most_rows = {"criteria": challenges.MOST_ROWS}

    title = labelled(line(challenges.LONGEST_TITLE), gettext_lazy("In one line"))
    text = labelled(
        words(challenges.LONGEST_TEXT, 7),
        gettext_lazy("What is to be solved"),
        gettext_lazy("What you tried already, and what would count as solved. Everybody reads it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )
    need = forms.ChoiceField(label=gettext_lazy("The need it comes from"), required=False)
    testbed = forms.ChoiceField(label=gettext_lazy("The testbed that is meant"), required=False)
    offers_place = labelled(
        words(challenges.LONGEST_WORDS), gettext_lazy("What the city offers: place")
    )
    offers_data = labelled(
        words(challenges.LONGEST_WORDS), gettext_lazy("What the city offers: data")
    )
    offers_budget = labelled(
        words(challenges.LONGEST_WORDS), gettext_lazy("What the city offers: budget")
    )
    opens_on = day_field(label=gettext_lazy("First day for answers"))
    closes_on = day_field(label=gettext_lazy("Last day for answers"))

    def __init__(
        self, data: Any = None, *, needs: Choices, testbeds: Choices, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.fields["need"].choices = [("", _("none")), *needs]  # type: ignore[attr-defined]
        self.fields["testbed"].choices = [("", _("none")), *testbeds]  # type: ignore[attr-defined]

    def row_fields(self, group: str, number: int) -> dict[str, forms.Field]:
        """The field of a criterion."""
        label = _("Criterion %(row)s") % {"row": number}
        return {"text": labelled(line(challenges.LONGEST_ROW), label)}

    def words(self) -> ChallengeWords:
        """What was typed, for the service."""
        given: dict[str, Any] = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
            if "-" not in name
        }
        criteria = tuple(row["text"] for row in self.written("criteria"))
        return ChallengeWords(**given, criteria=criteria)

    @staticmethod
    def initial_of(challenge: Challenge) -> dict[str, Any]:
        """The values of the plain fields as the challenge has them."""
        names = [one for one in ChallengeForm.base_fields if one not in {"need", "testbed"}]
        named = {"need": challenge.need, "testbed": challenge.testbed}
        return {name: getattr(challenge, name) for name in names} | {
            name: one.public_id if one else "" for name, one in named.items()
        }


class AnswerForm(RowsForm, ConflictForm):
    """An answer whole, with the declaration without which it is not taken."""

    most_rows = {"claims": challenges.MOST_ROWS}

    title = labelled(line(challenges.LONGEST_TITLE), gettext_lazy("In one line"))
    text = labelled(words(challenges.LONGEST_TEXT, 7), gettext_lazy("What you propose"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )

    def row_fields(self, group: str, number: int) -> dict[str, forms.Field]:
        """The fields of a claim."""
        row = {"row": number}
        return {
            "text": labelled(line(challenges.LONGEST_ROW), _("Claim %(row)s") % row),
            "url": labelled(line(500), _("Address of the evidence (https), claim %(row)s") % row),
        }

    def own_fields(self) -> list[forms.BoundField]:
        """The fields of the answer itself."""
        return [self[name] for name in ("title", "text", "language")]

    def words(self) -> AnswerWords:
        """What was typed, for the service."""
        given = self.cleaned_data
        return AnswerWords(
            title=given["title"],
            text=given["text"].replace("\r\n", "\n"),
            language=given["language"],
            conflict=self.conflict_words(),
            claims=tuple(ClaimWords(**row) for row in self.written("claims")),
        )

    @staticmethod
    def initial_of(answer: Answer) -> dict[str, Any]:
        """The values of the fields as the answer has them; a change is declared anew."""
        return {name: getattr(answer, name) for name in ("title", "text", "language")}


class WithdrawForm(TeamForm):
    """Why a challenge is withdrawn."""

    use_required_attribute = False

    reason = labelled(
        words(challenges.LONGEST_WORDS), gettext_lazy("Reason"), gettext_lazy("Everybody reads it.")
    )


class DecideForm(TeamForm, ConflictForm):
    """The decision: for each answer whether it is chosen and why, and the own declaration."""

    use_required_attribute = False

    outcome = labelled(
        words(challenges.LONGEST_WORDS, 5),
        gettext_lazy("The decision in words"),
        gettext_lazy("Why one, several or none; what happens next. Everybody reads it."),
    )

    def __init__(self, data: Any = None, *, lines: Sequence[AnswerLine], **options: Any) -> None:
        super().__init__(data, **options)
        self._lines = lines
        for one in lines:
            team = {"team": one.team}
            self.fields[f"is_chosen-{one.public_id}"] = _yes_or_no(
                _("The answer of %(team)s") % team,
                pgettext("answer", "chosen"),
                pgettext("answer", "not chosen"),
            )
            self.fields[f"reason-{one.public_id}"] = labelled(
                words(challenges.LONGEST_WORDS), _("Reason for %(team)s") % team
            )

    def rows(self) -> list[tuple[AnswerLine, forms.BoundField, forms.BoundField]]:
        """Each answer with its two fields."""
        return [
            (one, self[f"is_chosen-{one.public_id}"], self[f"reason-{one.public_id}"])
            for one in self._lines
        ]

    def verdicts(self) -> dict[str, Verdict]:
        """What was said of each answer, by its id."""
        given = self.cleaned_data
        return {
            one.public_id: Verdict(
                given[f"is_chosen-{one.public_id}"],
                given[f"reason-{one.public_id}"].replace("\r\n", "\n"),
            )
            for one in self._lines
        }

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show the faults; one of an answer stands beside it."""
        if not isinstance(error, InvalidData):
            super().take(error)
            return
        for fault in error.faults:
            parts = fault.where.split(".")
            name = f"{parts[2]}-{parts[1]}" if len(parts) == 3 else fault.where
            self.add_error(name if name in self.fields else None, fault.rule)
