"""The sentences of faults in testbeds, bookings, pilots and challenges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-seed": _("Enter a seed, so that others can check who is drawn."),
        "no-criterion": _("Give at least one criterion."),
        "no-owner": _("Say who owns the place: a name or an organisation."),
    },
    wrong={
        # Testbeds and bookings
        "not-https": _("Give a whole address that begins with https://."),
        "half-position": _("Give both latitude and longitude, or neither."),
        "overbooked": _(
            "%(n)s trials are accepted from %(first)s to %(last)s: this must not be less."
        ),
        "no-slot": _(
            "No slot is free from %(first)s to %(last)s: %(n)s of %(capacity)s are taken. Choose "
            "other days."
        ),
        "last-before-first": _("The last day is before the first day."),
        "too-far-ahead": _("Choose a day within the next %(n)s months."),
        # Challenges
        "not-its-need": _("The city has no such need."),
        "not-a-testbed": _("There is no such testbed in the directory."),
        "only-later": _("The challenge is open: you can only move the last day, to a later one."),
        "undecided": _("Say yes or no: without this, the answer cannot be submitted."),
        "undeclared-conflict": _("You declared no conflict: say yes, or leave this empty."),
        "not-their-pilot": _("There is no such pilot of this team."),
        "not-an-answer": _("There is no such answer to this challenge."),
        "not-said-chosen": _("Say whether this answer is chosen."),
        # Plans
        "not-a-column": _("“%(value)s” is no name of a column: use small letters, digits and _."),
        "other-column": _("“%(value)s” is the name of another column."),
        "also-covariate": _("“%(name)s” is named as a covariate too."),
        "template-left": _("The “…” of the template is still here: put your own words there."),
        "useful-not-above-0": _("Give a number above 0; the direction says which way."),
        "not-above": _("Give a number above %(low)s."),
        "due-before-start": _("Choose a day after the start."),
        "not-in-future": _("Choose a day in the future."),
        "no-clusters": _("This design draws no clusters. Leave it empty."),
        "no-covariates": _("This design uses no covariates. Leave it empty."),
        "no-subgroups": _("This design cannot be split by groups. Leave it empty."),
        "city-with-data": _("A city that has sent data cannot leave the plan."),
        "nothing-changed": _("Nothing differs from the version before."),
        "frozen-part": _("This cannot be changed."),
        # The table of the time before
        "no-table": _("Paste a table or choose a file."),
        "three-columns": _("The table needs three columns: unit, period and value."),
        "empty-value": _("The cell is empty. Write the value, or “–” where it is not known."),
        "period-in-future": _("%(value)s is in the future: give measured values."),
        "after-start": _("%(value)s is not before the start (%(day)s)."),
        "alike": _("The values show no chance variation. Give values as they were measured."),
        "one-unit-short": _(
            "One unit needs 8 periods or more before the start. The table has %(n)s."
        ),
        "few-to-draw": _("Lots need two units or more on each side. The table has %(n)s."),
        "few-others": _(
            "A single chosen unit needs 5 others to compare with. The table has %(n)s."
        ),
        "few-without": _("Two units or more must go without the pilot. The table leaves %(n)s."),
        "few-in-turn": _("Starting in turn needs 4 units or more. The table has %(n)s."),
        "few-in-blocks": _("Each block needs two units or more: %(n)s units, %(blocks)s blocks."),
        "few-clusters": _("Give two clusters or more, one of them with two units."),
        "not-in-table": _("“%(value)s” is not a unit of the table."),
        "no-chosen": _("Name the units that get the pilot, one a line."),
        "none-complete": _("No unit has a value in every period."),
        "most-drawn": _("Fewer than %(n)s units can get the pilot: some must go without."),
        "not-drawn-here": _("The platform draws the lots from the table. They cannot be entered."),
        "seed-of-lots": _("Lots were drawn with this seed. It cannot be changed."),
        "not-as-drawn": _("%(unit)s drew the other lot."),
        "no-such-indicator": _("There are no such figures."),
        # Data and results
        "no-data": _("There are no data yet."),
        "no-result-of-city": _("This city has no result yet."),
        "no-smallest-effect": _("Give the smallest useful effect first."),
        "no-times-after": _("Give the number of times after the start first."),
        "empty-cell": _("The cell is empty."),
        "gap": _("The value is missing, and the plan takes no data with gaps."),
        "not-0-or-1": _("Write 0 or 1."),
        "no-such-time": _("“%(value)s” is not a time such as %(like)s."),
        "differs-in-unit": _("This differs from row %(row)s of the same unit."),
        "none-with-pilot": _("No unit has the pilot."),
        "none-without-pilot": _("No unit is without the pilot: there is nothing to compare with."),
        "switched-off": _(
            "The pilot ends again in this unit: a unit that has begun must stay in the pilot."
        ),
        "other-start": _("The pilot starts here at another time than planned (%(start)s)."),
        "nothing-after-start": _("No row is of the time from the start on."),
        "nothing-before-start": _("No row is of the time before the start."),
    },
)
