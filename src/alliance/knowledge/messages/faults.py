"""The sentences of faults in cases, methods, reviews, translations and files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "no-texts": _("Write at least a title and a summary."),
        "no-original": _("The text in the language of the case is missing."),
        "no-country": _("Choose a country or a city of the list."),
        "no-sources": _("Name at least one source."),
    },
    wrong={
        # Cases
        "ahead": _("%(value)s is in the future: enter a year up to %(now)s."),
        "ends-first": _("It ends in %(end)s, before it starts in %(start)s."),
        "not-a-country": _("“%(value)s” is not a country of the list."),
        "beyond": _("%(value)s lies beyond ±%(most)s degrees."),
        "negative": _("This must not be below 0."),
        "only-engaging": _("Leave this empty: it belongs to methods for engaging citizens."),
        "not-above-0": _("This must be above 0. Leave it empty if it is not known."),
        "below-1": _("This must be at least 1. Leave it empty if it is not known."),
        "half-range": _("Give both ends of the range, or neither."),
        "range-as-interval": _(
            "These are the ends of the range. Leave the interval empty: it says how sure a single "
            "value is."
        ),
        "interval-of-no-error": _(
            "This interval does not fit the standard error, %(se)s. If it is a range over models, "
            "sites or readings, enter it as a range."
        ),
        "baseline-unit": _(
            "A result in “%(unit)s” starts from a number in another unit. Say in which unit the "
            "baseline is."
        ),
        "main-not-counted": _("The main result must be one that is counted."),
        "main-twice": _("Row %(row)s is marked as the main result already."),
        "half-interval": _("Give both ends of the interval, or neither."),
        "above-value": _("%(end)s is above the value, %(value)s."),
        "below-value": _("%(end)s is below the value, %(value)s."),
        "same-effect": _(
            "This says the same as row %(row)s: measure, unit, part, years and design. Give each "
            "result once, or say in “Which part” how the two differ."
        ),
        "code-twice": _("One of these is given twice."),
        "no-other-case": _("“%(value)s” is not another published case."),
        "not-as-many-kinds": _("%(wanted)s conditions are given, and kinds for %(n)s."),
        "amounts-not-in-order": _("The lowest amount must come first, the highest last."),
        "kind-without-amount": _("Leave this empty: no amount is given."),
        "no-cost-no-time": _("Give an amount, the staff, the lead time or the lifetime."),
        # Verdicts
        "no-verdict-yet": _("No city has tried this solution yet, so there is no verdict."),
        "of-a-case": _("This is a city or an organisation of its cases. Choose somebody else."),
        "same-person": _("Name three different people."),
        "reason-too-short": _("Explain this in at least %(least)s characters."),
        # Drafts
        "outdated": _(
            "The case was changed by others since this draft began. Take that over first."
        ),
        "two-solutions": _("Choose a solution of the list or describe a new one, not both."),
        "large-case": _("The case is larger than %(most)s characters."),
        "not-a-case": _("There is no such published case."),
        "only-new-cases": _("Give this for a new case only, not for a change."),
        "not-the-team": _("Another team answers for this case."),
        # Cities that are hidden
        "masks-success": _("Only a case that did not work, or in part, may hide its city."),
        "shown-before": _(
            "A published version of this case names its city, so it cannot be hidden any more."
        ),
        "masked-without-city": _("A case that hides its city must name it here, from the list."),
        "masked-adaptation": _(
            "A case that hides its city names no case that it was adapted from."
        ),
        "names-city": _("The text names “%(city)s”, which is to be hidden."),
        "names-hidden-city": _("The text names the city that is to be hidden."),
        "masked-language": _(
            "Fewer than %(least)s members write in this language, so it would reveal the city. "
            "Write the case in English."
        ),
        "question-names-city": _(
            "The question names the hidden city. Ask a moderator to hide the question."
        ),
        # Reviews and translations
        "no-field-of-case": _("There is no such field in the case."),
        "not-a-criterion": _("There is no such criterion."),
        "no-score": _("Choose a score from 0 to 3."),
        "undeclared": _("Confirm that you have no conflict of interest, or give the review back."),
        "no-changes-named": _("Say what should change, or comment on a field."),
        "not-a-reviewer": _("This person cannot review the case."),
        "no-revision": _("The original has no such revision."),
        "untranslated": _("Translate this too: the original has a text here."),
        "not-in-original": _("Leave this empty: the original has no text here."),
        # Tables of cases
        "not-a-download": _(
            'This is no download of this table: an object with "table", such as "cases", '
            'and a list of "rows".'
        ),
        "not-objects": _("Every row must be an object."),
        "no-such-row": _("No row has the id “%(value)s”."),
        "neither-yes-nor-no": _("“%(value)s” is neither yes nor no."),
        "hidden-here": _("The case is not published here (%(status)s). Publish it first."),
        "masked-here": _("The city is hidden here: only its team can change the case, by a draft."),
        # Comparing
        "too-many-to-compare": _("%(n)s cases are chosen; at most %(most)s can be compared."),
        "no-such-cases": _("There is no such case: %(ids)s."),
        "chosen-twice": _("Chosen more than once: %(ids)s."),
        "none-to-compare": _("No case is chosen yet. Choose two to five."),
        "one-to-compare": _("Only one case is chosen, “%(id)s”. Choose at least one more."),
        # Files
        "many-files": _("A case has at most %(most)s files."),
        "no-picture": _("Only a picture has an alt text: leave it, credit and licence empty."),
        "heavy-file": _(
            "The file takes too much time or memory to be read. Save a smaller picture, or print "
            "it to a new PDF."
        ),
        "many-pixels": _("The picture has more than %(n)s million pixels."),
        "other-kind": _(
            "The file is %(kind)s. Choose a PDF, PNG, JPEG, WebP, CSV, plain text or office file."
        ),
        "moving-picture": _("The picture moves. Choose a still one."),
        "damaged-picture": _("The picture is damaged."),
        "pdf-password": _("The PDF has a password. Save it without."),
        "pdf-without-pages": _("The PDF has no pages."),
        "active-pdf": _("The PDF holds %(what)s. Print it to a new PDF."),
        "damaged-pdf": _("The PDF is damaged."),
        "pdf-of-many-parts": _("The PDF has too many parts."),
        # Measures and units
        "name-of": _("“%(name)s” has this name already."),
        "name-taken": _("This name is taken already."),
        "share-without-change": _("Only a change can be a share of the measure."),
        # Filters
        "not-a-group": _("“%(value)s” is not a whole number of people from 1 to %(most)s."),
        "without-of": _("Give `useful` and `of` together."),
        "no-source-city": _(
            "Name one municipality of another city that has a published case of it."
        ),
    },
)
