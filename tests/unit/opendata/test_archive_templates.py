"""Templates as an archive reads them say what the site says, and leave out what needs a server."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from alliance.opendata.archive.templates import Loader

PARTS = {
    "words": '{% translate "Sources" %} {% translate "to" context "range" %}{% colon %}',
    "address": '<a href="{% url \'knowledge:case\' page.id %}">{% url "knowledge:topics" %}</a>',
    "file": "{% url 'knowledge:cite-file' 'case' page.id 'bib' %}",
    "number in an address": "{% url 'knowledge:case-version' page.id page.number %}",
    "kept address": "{% url 'knowledge:case' page.id as here %}{{ here }}",
    "sentence": "{% blocktranslate trimmed %}\n  How grades are\n made{% endblocktranslate %}",
    "sentence with words": "{% blocktranslate trimmed with version=page.number %}"
    "Version {{ version }}{% endblocktranslate %}",
    "plural": "{% blocktranslate trimmed count n=page.number %}{{ n }} case{% plural %}"
    "{{ n }} cases{% endblocktranslate %}",
    "percent": '{% translate "95 % confidence interval" %}',
    "markup": "{% blocktranslate with version=page.evil %}"
    "Version {{ version }}{% endblocktranslate %}",
    "drawing": "{% icon 'fit' %}{% not_recorded %}",
}
SHARED = {
    "libraries": {"i18n": "django.templatetags.i18n"},
    "builtins": settings.TEMPLATES[0]["OPTIONS"]["builtins"],
}
PLAIN = "django.template.loaders.locmem.Loader"


def rendered(part: str, loader: type[Loader] | str) -> str:
    source = (PLAIN, {"part": "{% load i18n %}" + part})
    named = f"{loader.__module__}.{loader.__name__}" if isinstance(loader, type) else ""
    engine = Engine(loaders=[(named, [source])] if named else [source], **SHARED)
    page = {"id": "lund-tax", "number": 7, "evil": "<b>&"}
    return engine.get_template("part").render(Context({"page": page}))


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_a_part_reads_the_same_as_on_the_site(part: str, language: str):
    with translation.override(language):
        assert rendered(part, Loader) == rendered(part, PLAIN)


def test_the_words_of_one_language_are_not_given_in_another():
    source = (PLAIN, {"part": "{% load i18n %}{% translate 'Sources' %}, {% colon %}"})
    engine = Engine(loaders=[("alliance.opendata.archive.templates.Loader", [source])], **SHARED)
    found = []
    for language in ("en", "fr"):
        with translation.override(language):
            found.append(engine.get_template("part").render(Context()))
    assert found == ["Sources, :", "Sources, \u00a0:"]


def test_what_needs_a_server_stands_on_the_site_alone():
    part = "one{% online %} {% url 'knowledge:compare' %}{% endonline %}"
    part += "{% online %} x{% endonline %}"
    assert rendered(part, PLAIN) == "one /en/compare x"
    assert rendered(part, Loader) == "one"
