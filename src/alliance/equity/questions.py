"""The questions of fairness checks, by the kind of action, and the cases that missed them.

Cases are named by public id; one that is not in the register is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases import case_fields
from alliance.equity.enums import Action


@dataclass(frozen=True)
class Question:
    """A question, and the cases that report that it was missed, or the result of asking it."""

    code: str
    text: str | Promise
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """The questions of a kind of action, and the solutions whose cases are shown with them."""

    solutions: tuple[str, ...]
    questions: tuple[Question, ...]


_TEMPLATES: Mapping[str, Template] = {
    Action.CHARGE: Template(
        ("congestion-charging", "flexible-parking-agreement", "plate-based-driving-restrictions"),
        (
            Question(
                "charge-no-choice",
                _("Who has to drive because public transport is too far away or not available?"),
                ("gothenburg-congestion-tax", "umea-green-parking-purchase"),
            ),
            Question(
                "charge-income",
                _("How much would a low-income household pay per year, as a share of its income?"),
                ("gothenburg-congestion-tax",),
            ),
            Question(
                "charge-money",
                _("What is the revenue spent on, and who benefits?"),
                ("gothenburg-congestion-tax", "milan-ecopass"),
            ),
            Question(
                "charge-elsewhere",
                _("Which streets will get more traffic, and who lives there?"),
                ("stockholm-congestion-tax", "mexico-city-hoy-no-circula"),
            ),
            Question(
                "charge-way-out",
                _("Who can avoid paying, and who cannot afford the alternative?"),
                ("mexico-city-hoy-no-circula", "milan-ecopass"),
            ),
        ),
    ),
    Action.ZONE: Template(
        ("low-emission-zones", "low-traffic-neighbourhoods"),
        (
            Question(
                "zone-old-vehicles",
                _("Who owns the vehicles that are banned, and how much does a replacement cost?"),
                ("grenoble-freight-low-emission-zone",),
            ),
            Question(
                "zone-small-firms",
                _("Which small businesses and van owners are affected, and can they get support?"),
                ("grenoble-freight-low-emission-zone",),
            ),
            Question(
                "zone-who-breathes",
                _("Who lives inside the zone, and does the air improve where health is poorest?"),
                ("bradford-clean-air-zone", "birmingham-clean-air-zone"),
            ),
            Question(
                "zone-border",
                _("What happens to people who live on the streets just outside?"),
                ("lisbon-reduced-emission-zone", "london-ulez"),
            ),
            Question(
                "zone-asked",
                _("Were residents and shopkeepers consulted before anything changed?"),
                ("anderlecht-cureghem-good-move", "madrid-central"),
            ),
        ),
    ),
    Action.RETROFIT: Template(
        (
            "deep-energy-retrofits",
            "fair-housing-renovation",
            "area-based-insulation",
            "on-bill-retrofit-loans",
        ),
        (
            Question(
                "retrofit-rent",
                _("What happens to rents, and who has to move because of them?"),
                ("linkoping-magistratshagen-retrofit", "grenoble-mur-mur"),
            ),
            Question(
                "retrofit-choice",
                _("Can tenants choose a smaller renovation, and did they help design it?"),
                ("gothenburg-hammarkullen-zero-option", "gothenburg-gardsten"),
            ),
            Question(
                "retrofit-during",
                _("Where do tenants live during the works, and can they move back?"),
                ("alingsas-brogarden", "saint-brieuc-balzac-renewal"),
            ),
            Question(
                "retrofit-damage",
                _("Who pays if the work is poor and the company no longer exists?"),
                ("preston-fishwick-insulation",),
            ),
            Question(
                "retrofit-bill",
                _("Do bills fall as much as promised, and who pays the difference?"),
                ("michigan-weatherization", "uk-green-deal"),
            ),
        ),
    ),
    Action.GREEN: Template(
        ("greening-without-displacement", "green-corridors", "green-roofs"),
        (
            Question(
                "green-rents",
                _("What happens to rents and prices around the park, and who can stay?"),
                ("barcelona-park-gentrification", "atlanta-beltline"),
            ),
            Question(
                "green-homes-first",
                _("Are affordable homes secured before the greening begins?"),
                ("atlanta-beltline",),
            ),
            Question(
                "green-where",
                _("Which areas have the least green space now, and do they come first?"),
                ("medellin-green-corridors",),
            ),
            Question(
                "green-upkeep",
                _("Who pays for maintenance, and who gets the jobs?"),
                ("medellin-green-corridors",),
            ),
            Question(
                "green-use",
                _("Who will use it, who feels safe there, and who does not?"),
            ),
        ),
    ),
    Action.HEAT: Template(
        ("heat-health-action-plans", "cool-roofs-and-pavements"),
        (
            Question(
                "heat-alone",
                _("How do you reach older people who live alone, beyond a warning?"),
                ("us-heat-alerts-twenty-cities", "philadelphia-heat-warning"),
            ),
            Question(
                "heat-where",
                _("Which areas are hottest and poorest, and do they come first?"),
                ("montreal-heat-action-plan",),
            ),
            Question(
                "heat-homes",
                _("Who cannot cool their home, or cannot afford to?"),
                ("ahmedabad-cool-roof-trial",),
            ),
            Question(
                "heat-work",
                _("Who works outdoors, and what protection do they have on the hottest days?"),
            ),
            Question(
                "heat-side-effects",
                _("Does anything make it hotter for others, or colder in winter?"),
                ("phoenix-cool-pavement", "new-york-cool-roofs"),
            ),
        ),
    ),
    Action.OTHER: Template((), ()),
}

#: The four dimensions of justice, which are questions of every check, case and plan.
JUSTICE = tuple(Question(row.name.replace("_", "-"), row.ask) for row in case_fields.JUSTICE)


def template_of(action: str) -> Template:
    """The template of a kind of action."""
    return _TEMPLATES[action]


def questions_of(action: str) -> tuple[Question, ...]:
    """All questions of a check: of the kind of action, then the dimensions of justice."""
    return (*template_of(action).questions, *JUSTICE)


def action_of(solution: str) -> str:
    """The kind of action of a solution, by its public id."""
    kinds = (kind for kind, template in _TEMPLATES.items() if solution in template.solutions)
    return str(next(kinds, Action.OTHER.value))
