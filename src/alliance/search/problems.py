"""The problems that cities come with: what each is called, and where it is found.

A problem takes in one theme or two. Every theme belongs to one problem, so that each case stands
behind a door of the home page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.cases.enums import OutcomeTheme, Theme
from alliance.search.query import FinderQuery


@dataclass(frozen=True)
class Problem:
    """A problem in the words of those who have it. `icon`: its drawing in `icons.svg`; `short`: its
    name where there is little room.

    `outcomes` say whether a solution helps with it, of these only `measures` where some are named;
    without any, the main outcome of each does.
    `concepts` of the glossary stand for the problem as a whole in a question, `parts` for some
    of it.
    """

    code: str
    label: Promise
    short: Promise
    icon: str
    themes: tuple[Theme, ...]
    outcomes: tuple[OutcomeTheme, ...] = ()
    concepts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def query(self, language: str, **filters: str) -> FinderQuery:
        """The search of the finder for all that belongs to it, with one code of other filters."""
        chosen = {key: (code,) for key, code in filters.items()}
        themes = tuple(theme.value for theme in self.themes)
        return FinderQuery(language=language, filters={"theme": themes, **chosen})


PROBLEMS: Mapping[str, Problem] = {
    problem.code: problem
    for problem in (
        Problem("car-traffic", _("Less car traffic"), pgettext_lazy("tower", "Cars"), "car",
                (Theme.MOBILITY,), (OutcomeTheme.TRAFFIC,),
                ("car-traffic", "traffic-reduction", "car", "car-dependency", "congestion"),
                measures=("traffic-volume", "car-use", "car-driver-trips",
                          "trips-that-replaced-a-car-trip", "passengers-who-replaced-car-trips")),
        Problem("energy", _("Cheaper energy"), pgettext_lazy("tower", "Energy"), "energy",
                (Theme.ENERGY,), (OutcomeTheme.ENERGY,),
                ("energy", "energy-bill", "energy-saving", "energy-use")),
        Problem("emissions", _("Lower emissions"), pgettext_lazy("tower", "Emissions"), "globe",
                (Theme.CLIMATE_MITIGATION, Theme.FOOD), (OutcomeTheme.EMISSIONS,),
                ("emissions", "greenhouse-gas-emissions", "reduce-emissions",
                 "climate-mitigation")),
        Problem("clean-air", _("Cleaner air, better health"),
                pgettext_lazy("tower", "Clean air"), "air",
                (Theme.AIR_QUALITY, Theme.HEALTH), (OutcomeTheme.AIR, OutcomeTheme.HEALTH),
                ("air-quality", "air-pollution")),
        Problem("heat-and-floods", _("Heat, floods and water"),
                pgettext_lazy("tower", "Heat"), "heat",
                (Theme.CLIMATE_ADAPTATION, Theme.WATER), (OutcomeTheme.HEALTH, OutcomeTheme.WATER),
                ("climate-adaptation",),
                ("cloudburst", "drought", "flood", "heat", "heat-wave", "stormwater",
                 "urban-heat-island")),
        Problem("homes", _("Better homes"), pgettext_lazy("tower", "Homes"), "home",
                (Theme.HOUSING,), (), ("housing",),
                ("renovation", "energy-renovation", "apartment-building", "building")),
        Problem("waste", _("Less waste"), pgettext_lazy("tower", "Waste"), "waste",
                (Theme.WASTE, Theme.CIRCULAR_ECONOMY), (OutcomeTheme.WASTE,),
                ("waste", "waste-prevention", "residual-waste"),
                ("food-waste", "waste-sorting", "recycling", "reuse")),
        Problem("safe-streets", _("Safer streets"),
                pgettext_lazy("tower", "Safe streets"), "walk",
                (Theme.ROAD_SAFETY,), (OutcomeTheme.ROAD_SAFETY,), ("road-safety", "road-crash"),
                ("road-casualty", "pedestrian-injury")),
        Problem("streets-and-parks", _("Better streets and parks"),
                pgettext_lazy("tower", "Parks"), "tree",
                (Theme.PUBLIC_SPACE, Theme.NATURE), (), ("public-space",)),
        Problem("a-say", _("More say for residents"),
                pgettext_lazy("tower", "Residents"), "talk",
                (Theme.GOVERNANCE,), (OutcomeTheme.PARTICIPATION,),
                ("citizen-participation", "citizen-dialogue", "empowerment")),
    )
}  # fmt: skip
