"""The sentences of faults in testbeds, bookings, pilots and challenges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-seed": _("Enter a seed so that others can check the draw."),
        "no-criterion": _("Enter at least one criterion."),
        "no-owner": _("Enter the owner of the site: a name or an organisation."),
    },
    wrong={
        # Testbeds and bookings
        "not-https": _("Enter a full web address that starts with https://."),
        "half-position": _("Enter both latitude and longitude, or neither."),
        "overbooked": _(
            "Enter at least %(n)s: that many tests are already accepted from %(first)s to %(last)s."
        ),
        "no-slot": _(
            "No free slots from %(first)s to %(last)s: %(n)s of %(capacity)s are taken. "
            "Choose other dates."
        ),
        "last-before-first": _("Choose a last day that is not before the first day."),
        "too-far-ahead": _("Choose a date within the next %(n)s months."),
        # Challenges
        "not-its-need": _("Choose a need from the list."),
        "not-a-testbed": _("Choose a testbed from the directory."),
        "only-later": _(
            "The challenge is already open. You can only move the last day to a later date."
        ),
        "undecided": _("Answer yes or no before you submit."),
        "undeclared-conflict": _(
            "You declared no conflict of interest: answer yes, or leave this blank."
        ),
        "not-their-pilot": _("Choose one of the team’s pilots."),
        "not-an-answer": _("Choose one of the answers to this challenge."),
        "not-said-chosen": _("Select whether this answer has been chosen."),
        # Plans
        "not-a-column": _(
            "“%(value)s” is not a valid column name: use lower-case letters, digits and _."
        ),
        "other-column": _("Another column is already called “%(value)s”. Choose another name."),
        "also-covariate": _(
            "“%(name)s” is also listed as a covariate. Remove it from one of the fields."
        ),
        "template-left": _("Replace “…” in the template with your own words."),
        "useful-not-above-0": _(
            "Enter a number above 0. You choose increase or decrease in the direction field."
        ),
        "not-above": _("Enter a number above %(low)s."),
        "due-before-start": _("Choose a date after the start."),
        "not-in-future": _("Choose a date in the future."),
        "no-clusters": _("This design does not use clusters. Leave blank."),
        "no-covariates": _("This design does not use covariates. Leave blank."),
        "no-subgroups": _("Results from this design cannot be shown by group. Leave blank."),
        "city-with-data": _("You cannot remove a city that has already submitted data."),
        "nothing-changed": _("You have not changed anything since the last version."),
        "frozen-part": _("This cannot be changed."),
        # The table of figures from before
        "no-table": _("Paste a table or choose a file."),
        "three-columns": _("The table needs three columns: unit, period and value."),
        "empty-value": _("The cell is blank. Enter the value, or “–” if it is not known."),
        "period-in-future": _("%(value)s is in the future. Enter measured values only."),
        "after-start": _("%(value)s is not before the start (%(day)s). Enter an earlier date."),
        "alike": _("The values do not vary at random. Enter the values as measured."),
        "one-unit-short": _(
            "A single unit needs at least 8 periods before the start. The table has %(n)s."
        ),
        "few-to-draw": _(
            "A random draw needs at least two units in each group. The table has %(n)s."
        ),
        "few-others": _(
            "If only one unit is chosen, it must be compared with at least 5 others. The "
            "table has %(n)s."
        ),
        "few-without": _("At least two units must stay without the pilot. The table leaves %(n)s."),
        "few-in-turn": _("A staggered start needs at least 4 units. The table has %(n)s."),
        "few-in-blocks": _(
            "Each block needs at least two units. You have %(n)s units and %(blocks)s blocks."
        ),
        "few-clusters": _("Enter at least two clusters, one of them with two or more units."),
        "not-in-table": _("“%(value)s” is not in the table. Enter a unit from the table."),
        "no-chosen": _("Enter the units that take part in the pilot, one per line."),
        "none-complete": _("No unit has a value for every period."),
        "most-drawn": _("Enter fewer than %(n)s units: some must stay without the pilot."),
        "not-drawn-here": _(
            "The platform makes the random draw from the table. You cannot enter it yourself."
        ),
        "seed-of-lots": _("The random draw used this seed, so it cannot be changed."),
        "not-as-drawn": _("%(unit)s was drawn for the other group."),
        "no-such-indicator": _("Choose data from the list."),
        # Data and results
        "no-data": _("No data yet."),
        "no-result-of-city": _("This city has no result yet."),
        "no-smallest-effect": _("Enter the smallest useful effect first."),
        "no-times-after": _("Enter the number of time points after the start first."),
        "empty-cell": _("Enter a value in this cell."),
        "gap": _("Enter a value: the plan does not allow missing data."),
        "not-0-or-1": _("Enter 0 or 1."),
        "no-such-time": _("“%(value)s” is not a valid date. Use the format %(like)s."),
        "differs-in-unit": _("This value differs from row %(row)s for the same unit."),
        "none-with-pilot": _("No unit takes part in the pilot."),
        "none-without-pilot": _(
            "All units take part in the pilot, so there is nothing to compare with."
        ),
        "switched-off": _("This unit leaves the pilot. A unit that has started must stay in it."),
        "other-start": _("The pilot starts at a different time here than planned (%(start)s)."),
        "nothing-after-start": _("No row is dated on or after the start."),
        "nothing-before-start": _("No row is dated before the start."),
    },
)
