"""The sentences of faults in cases, methods, reviews, translations and files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-texts": _("Enter at least a title and a summary."),
        "no-original": _("Enter a text in the language of the case."),
        "no-country": _("Choose a country or a city from the list."),
        "no-sources": _("Enter at least one source."),
    },
    wrong={
        # Cases
        "ahead": _("%(value)s is in the future. Enter a year no later than %(now)s."),
        "ends-first": _("The end, %(end)s, is before the start, %(start)s. Enter a later year."),
        "not-a-country": _(
            "“%(value)s” is not in the list of countries. Choose a country from the list."
        ),
        "beyond": _("%(value)s is outside ±%(most)s degrees."),
        "negative": _("Enter 0 or a higher number."),
        "only-engaging": _("Leave this blank: it is only for methods of citizen engagement."),
        "not-above-0": _("Enter a number above 0, or leave blank if it is not known."),
        "below-1": _("Enter a number of at least 1, or leave blank if it is not known."),
        "half-range": _("Enter both ends of the range, or leave both blank."),
        "range-as-interval": _(
            "You entered a range. Leave the confidence interval blank, because it shows "
            "how certain a single value is."
        ),
        "interval-of-no-error": _(
            "This interval does not match the standard error, %(se)s. If it is a range "
            "across models, sites or readings, enter it as a range."
        ),
        "baseline-unit": _(
            "A result in “%(unit)s” has a baseline in another unit. Enter the unit of the baseline."
        ),
        "main-not-counted": _("Choose a main result that is counted."),
        "main-twice": _("Row %(row)s is already marked as the main result."),
        "half-interval": _("Enter both ends of the interval, or leave both blank."),
        "above-value": _("%(end)s is higher than the value, %(value)s."),
        "below-value": _("%(end)s is lower than the value, %(value)s."),
        "same-effect": _(
            "This row has the same outcome measure, unit, part, years and design as row "
            "%(row)s. Enter each result once, or describe the difference in “Part "
            "covered”."
        ),
        "code-twice": _("One item is entered twice."),
        "no-other-case": _("“%(value)s” is not another published case."),
        "not-as-many-kinds": _("You entered %(wanted)s conditions but classified %(n)s."),
        "amounts-not-in-order": _("Put the lowest amount first and the highest last."),
        "kind-without-amount": _("Leave this blank, because no amount is entered."),
        "no-cost-no-time": _("Enter an amount, the staff time, the lead time or the lifetime."),
        # Verdicts
        "no-verdict-yet": _("No city has tried this solution yet, so there is no verdict."),
        "of-a-case": _(
            "This city or organisation is part of one of the cases. Choose someone else."
        ),
        "same-person": _("Enter three different people."),
        "reason-too-short": _("Explain this in at least %(least)s characters."),
        # Drafts
        "outdated": _(
            "Others have changed the case since you started this draft. Add their changes "
            "to your draft first."
        ),
        "two-solutions": _("Choose a solution from the list or describe a new one, not both."),
        "large-case": _("The case is longer than %(most)s characters. Shorten it."),
        "not-a-case": _("This published case does not exist."),
        "only-new-cases": _("Enter this for a new case only, not for a change."),
        "not-the-team": _("Another team is responsible for this case."),
        # Cities that are hidden
        "masks-success": _(
            "You can hide the city only if the case did not work, or worked in part."
        ),
        "shown-before": _(
            "A published version of this case names the city, so it can no longer be hidden."
        ),
        "masked-without-city": _("Choose the city from the list, even if it will be hidden."),
        "masked-adaptation": _(
            "If the city is hidden, you cannot enter a case that this one was adapted from."
        ),
        "names-city": _("The text names “%(city)s”, which you want to hide. Remove the name."),
        "names-hidden-city": _("The text names the city you want to hide. Remove the name."),
        "masked-language": _(
            "Fewer than %(least)s members write in this language, so it would reveal the city. "
            "Write the case in English."
        ),
        "question-names-city": _(
            "The question names the hidden city. Ask a moderator to hide the question."
        ),
        # Reviews and translations
        "no-field-of-case": _("This field does not exist in the case."),
        "not-a-criterion": _("This criterion does not exist."),
        "no-score": _("Choose a score from 0 to 3."),
        "undeclared": _(
            "Confirm that you have no conflict of interest, or withdraw from the review."
        ),
        "no-changes-named": _("Describe what should change, or comment on a field."),
        "not-a-reviewer": _("This person cannot review the case."),
        "no-revision": _("The original does not have this version."),
        "untranslated": _("Translate this too: the original has text here."),
        "not-in-original": _("Leave this blank: the original has no text here."),
        # Tables of cases
        "not-a-download": _(
            'This is not a download of this table. It needs an object with "table", for '
            'example "cases", and a list of "rows".'
        ),
        "not-objects": _("Every row must be an object."),
        "no-such-row": _("No row has the id “%(value)s”."),
        "neither-yes-nor-no": _("“%(value)s” is not yes or no."),
        "hidden-here": _("The case is not published here (%(status)s). Publish it first."),
        "masked-here": _(
            "The city is hidden here. Only its team can change the case, using a draft."
        ),
        # Comparing
        "too-many-to-compare": _("You selected %(n)s cases. You can compare at most %(most)s."),
        "no-such-cases": _("Case not found: %(ids)s."),
        "chosen-twice": _("Selected more than once: %(ids)s."),
        "one-to-compare": _("You have selected only one case, “%(id)s”. Select at least one more."),
        # Files
        "many-files": _("A case can have at most %(most)s files."),
        "no-picture": _("Only pictures have alt text. Leave alt text, credit and licence blank."),
        "heavy-file": _(
            "Reading the file takes too much time or memory. Save a smaller picture, or "
            "print the file to a new PDF."
        ),
        "many-pixels": _("The picture has more than %(n)s million pixels. Choose a smaller one."),
        "other-kind": _(
            "The file is %(kind)s. Choose a PDF, PNG, JPEG, WebP, CSV, plain text or office file."
        ),
        "moving-picture": _("The picture is animated. Choose a still picture."),
        "damaged-picture": _("The picture is damaged. Choose another file."),
        "pdf-password": _("The PDF has a password. Save it without one."),
        "pdf-without-pages": _("The PDF has no pages."),
        "active-pdf": _("The PDF contains %(what)s. Print it to a new PDF."),
        "damaged-pdf": _("The PDF is damaged. Choose another file."),
        "pdf-of-many-parts": _("The PDF has too many parts. Print it to a new PDF."),
        # Measures and units
        "name-of": _("“%(name)s” already has this name."),
        "name-taken": _("This name is already taken."),
        "share-without-change": _("Only a change can be a share of the outcome measure."),
        # Filters
        "not-a-group": _(
            "“%(value)s” is not a valid number of people. Enter a whole number from 1 to %(most)s."
        ),
        "without-of": _("Enter `useful` and `of` together."),
        "no-source-city": _(
            "Choose a municipality in another city with a published case of this solution."
        ),
    },
)
