"""What names a hidden city, in whatever letters and forms."""

from __future__ import annotations

import pytest

from alliance.cases.masking import hidden_of, named_in
from alliance.network.models import City

UMEA = City(name="Umeå", country="SE", admin_code="2480", districts=["Ersboda"])
SAINT_ETIENNE = City(name="Saint-Étienne", country="FR", admin_code="42218", districts=["Bellevue"])
NANTES = City(name="Nantes", country="FR", admin_code="44109")
GOTEBORG = City(name="Göteborg", country="SE", admin_code="1480", aliases=["Gothenburg"])
GOTEBORG.districts = ["Angered", "Norra Hisingen"]
LINKOPING = City(name="Linköping", country="SE", admin_code="0580")
LA_ROCHELLE = City(name="La Rochelle", country="FR", admin_code="17300")
STRASBOURG = City(name="Strasbourg", country="FR", admin_code="67482")
LILLE = City(name="Lille", country="FR", admin_code="59350")
DIJON = City(name="Dijon", country="FR", admin_code="21231", districts=["Fontaine d’Ouche"])
GRENOBLE = City(name="Grenoble", country="FR", admin_code="38185", districts=["Villeneuve"])
MARSEILLE = City(name="Marseille", country="FR", admin_code="13055")
SAINT_DENIS = City(name="Saint-Denis", country="FR", admin_code="97411")


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
        (GOTEBORG, "TRÄNGSELSKATT I VÄSTRA GÖTALAND"),
        (GOTEBORG, "i västra götalands län"),
        (GOTEBORG, "FÖRSÖK I ANGERED"),
        (GOTEBORG, "försök i Norra HISINGEN"),
        (GRENOBLE, "LES BUS DE L’ISÈRE"),
        (GRENOBLE, "À VILLENEUVE"),
        (MARSEILLE, "BOUCHES-DU-RHÔNE"),
        (MARSEILLE, "dans les Bouches-Du-Rhône, dans les bouches du rhone"),
        (SAINT_ETIENNE, "À ST-ÉTIENNE"),
        (SAINT_DENIS, "à La Réunion"),
    ],
)
def test_names_people_short_forms_county_and_districts_tell(city: City, text: str) -> None:
    assert named_in(text, hidden_of(city))


@pytest.mark.parametrize(
    ("city", "text"),
    [
        (UMEA, "i Ummeå"),
        (GOTEBORG, "Goteburg"),
        (GOTEBORG, "Göteburg"),
        (GOTEBORG, "Göteborrgs hamn"),
        (GOTEBORG, "Götborg"),
        (GOTEBORG, "Göetborg"),
        (GOTEBORG, "Goeteburg"),
        (GOTEBORG, "Gotenburg"),
        (LINKOPING, "Lindköping"),
        (LINKOPING, "Linköpings Kommun, Linkjöping"),
        (SAINT_ETIENNE, "à Saint-Etiene"),
        (SAINT_ETIENNE, "à St-Étiennne"),
        (LA_ROCHELLE, "à La Rochele"),
        (LA_ROCHELLE, "la Rochélle, la Rocchelle"),
        (STRASBOURG, "Strassbourg"),
        (STRASBOURG, "Strassburg"),
        (STRASBOURG, "Strasbourgh"),
        (LILLE, "Lile"),
        (NANTES, "Nnantes"),
    ],
)
def test_a_name_with_one_slip_tells(city: City, text: str) -> None:
    assert named_in(text, hidden_of(city))


@pytest.mark.parametrize(
    ("city", "text", "told"),
    [
        (GOTEBORG, "kommunkod 1480", "1480"),
        (GOTEBORG, "Kommunkod: 1480.", "1480"),
        (GOTEBORG, "län 14", "14"),
        (GOTEBORG, "länskod 14", "14"),
        (GOTEBORG, "mätt i SE-O", "SE-O"),
        (UMEA, "skyltar i AC-län", "AC-län"),
        (UMEA, "SKYLTAR I AC-LÄN", "AC-län"),
        (GRENOBLE, "F-38000", "38"),
        (NANTES, "code INSEE 44109", "44109"),
        (NANTES, "commune n° 44109", "44109"),
        (NANTES, "code postal : 44000", "44"),
        (NANTES, "dans le 44, les bus", "44"),
        (NANTES, "le département 44", "44"),
        (NANTES, "FR-44", "FR-44"),
    ],
)
def test_codes_of_the_city_and_its_county_tell(city: City, text: str, told: str) -> None:
    assert named_in(text, hidden_of(city)) == (told,)


@pytest.mark.parametrize(
    ("city", "text"),
    [
        (UMEA, "en kommun i Norden, västerut"),
        (SAINT_ETIENNE, "une belle vue sur la Loire, du saint au soir"),
        (NANTES, "nantir les habitants, au nord"),
        (GOTEBORG, "gods och gator"),
        (GOTEBORG, "ett storslaget vgr-formulär"),
        (NANTES, "n a n, t e s t"),
        (NANTES, "Nantis et rentiers; Mantes, Naters"),
        (LINKOPING, "som i Lidköping och Nyköping"),
        (GOTEBORG, "1480 hushåll i 14 län, länets 14 kommuner, 1480 kr i kommunen"),
        (GOTEBORG, "se O. Olsson"),
        (NANTES, "44 communes, dans le 44 % des cas, 44109 voyageurs, dans le 44e"),
        (LILLE, "Lilla torget, L’île, lila"),
        (DIJON, "du côté d’organismes et à côté d’ormes, autour de la fontaine"),
        (SAINT_DENIS, "à la réunion des habitants"),
        (GRENOBLE, "isère, 38000 F, une villeneuve"),
        (GOTEBORG, "angered"),
    ],
)
def test_other_words_do_not(city: City, text: str) -> None:
    assert named_in(text, hidden_of(city)) == ()
