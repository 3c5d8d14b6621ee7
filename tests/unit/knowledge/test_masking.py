"""What names a hidden city, in whatever letters and forms."""

from __future__ import annotations

import pytest

from alliance.knowledge.masking import hidden_of, named_in
from alliance.network.models import City

UMEA = City(name="Umeå", country="SE", admin_code="2480", districts=["Ersboda"])
SAINT_ETIENNE = City(name="Saint-Étienne", country="FR", admin_code="42218", districts=["Bellevue"])
NANTES = City(name="Nantes", country="FR", admin_code="44109")
GOTEBORG = City(name="Göteborg", country="SE", admin_code="1480", aliases=["Gothenburg"])


@pytest.mark.parametrize(
    ("city", "text"),
    [
        (UMEA, "UMEÅ"),
        (UMEA, "i umea"),
        (UMEA, "Ｕｍｅå"),
        (UMEA, "Um\u0435å"),
        (UMEA, "Um\u00adeå"),
        (UMEA, "U m e å"),
        (UMEA, "Uмeå"),
        (UMEA, "Umeaa kommun"),
        (UMEA, "björkarnas stad"),
        (UMEA, "Umeborna åkte mindre bil"),
        (UMEA, "i hela Västerbottens län"),
        (UMEA, "mätt i Ersboda"),
        (SAINT_ETIENNE, "à St-Étienne"),
        (SAINT_ETIENNE, "St. Etienne"),
        (SAINT_ETIENNE, "les Stéphanois"),
        (SAINT_ETIENNE, "quartier Bellevue"),
        (NANTES, "une Nantaise"),
        (NANTES, "en Loire-Atlantique"),
        (GOTEBORG, "spårvagnar i Gbg"),
        (GOTEBORG, "göteborgarna"),
        (GOTEBORG, "Gothenburgers"),
        (GOTEBORG, "bor i G.ö.t.e.b.o.r.g"),
        (GOTEBORG, "Göte-\nborg"),
        (GOTEBORG, "Goeteborg"),
        (GOTEBORG, "i Storgöteborg"),
        (GOTEBORG, "vårdval i VGR"),
        (GOTEBORG, "Västra Götaland"),
    ],
)
def test_names_people_short_forms_county_and_districts_tell(city: City, text: str) -> None:
    assert named_in(text, hidden_of(city))


@pytest.mark.parametrize(
    ("city", "text"),
    [
        (UMEA, "en kommun i Norden, västerut"),
        (SAINT_ETIENNE, "une belle vue sur la Loire, du saint au soir"),
        (NANTES, "nantir les habitants, au nord"),
        (GOTEBORG, "gods och gator"),
        (GOTEBORG, "ett storslaget vgr-formulär"),
        (NANTES, "n a n, t e s t"),
    ],
)
def test_other_words_do_not(city: City, text: str) -> None:
    assert named_in(text, hidden_of(city)) == ()
