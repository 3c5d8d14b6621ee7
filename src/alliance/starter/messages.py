"""The sentences of faults in a starter folder."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "columns-missing": _("Missing columns: %(names)s."),
        "byte-not-utf-8": _("Byte %(n)s is not UTF-8."),
        "not-in-file": _("“%(value)s” is not in %(file)s."),
        "in-file-too": _("“%(value)s” is also in %(file)s."),
        "no-municipality": _("organisations.json has no municipality for this city."),
        "not-as-many-effects": _("%(n)s effects are translated; the case has %(wanted)s."),
        "unmapped-measure": _("outcome-themes.json has no theme for this outcome measure."),
        "recorded-otherwise": _("“recorded” must be true where a case has this measure and unit."),
        "no-such-effect": _("“%(value)s” has %(n)s effects, numbered from 0."),
    },
)
