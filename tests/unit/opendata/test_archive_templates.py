"""Templates as an archive reads them say what the site says, and leave out what needs a server."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import SafeString

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
    "file beside": "{% load static %}<link href=\"{% static 'alliance.css' %}\">",
    "drawing": "{% icon 'fit' %}{% not_recorded %}",
    "kept words": "{% translate 'Sources' as told %}{{ told|upper }}{% with a=told b=7 %}"
    "{{ a }}{{ b }}{{ missing|default:page.evil }}{% endwith %}{{ a }}",
    "conditions": "{% if page.none %}1{% elif not page.number > 8 and page.evil is not None %}2"
    "{% else %}3{% endif %}{% if page.missing or nothing.at.all %}4{% endif %}"
    "{% if 'x' in page.number %}5{% else %}6{% endif %}",
    "loops": "{% for a, b in page.pairs reversed %}{{ forloop.counter }}{{ a }}{{ b }}"
    "{% for one in b %}{{ forloop.parentloop.last }}{{ one }}{% empty %}-{% endfor %}"
    "{% endfor %}{% for one in missing %}x{% empty %}none{% endfor %}{{ forloop.counter }}",
    "changes in a loop": "{% for a, b in page.pairs %}{% ifchanged b %}{{ a }}{% endifchanged %}"
    "{% cycle 'odd' 'even' %}{% endfor %}",
    "kinds of values": "{{ page.number }}{{ page.half }}{{ page.day }}{{ page.none }}"
    "{{ page.items|length }}{{ page.pairs.0.0 }}{{ page.safe }}{{ page.safe|upper }}"
    "{{ page.evil|linebreaksbr }}{{ page.method }}{{ page.method.method }}{{ page.day.year }}",
    "without escapes": "{% autoescape off %}{{ page.evil }}{% endautoescape %}{{ page.evil }}",
    "tags": "{% number page.half %}{% colon as mark %}{{ mark }}{% comment %}no{% endcomment %}",
}
SHARED = {
    "libraries": {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"},
    "builtins": settings.TEMPLATES[0]["OPTIONS"]["builtins"],
}
PLAIN = "django.template.loaders.locmem.Loader"


def rendered(part: str, loader: type[Loader] | str) -> str:
    source = (PLAIN, {"part": "{% load i18n %}" + part})
    named = f"{loader.__module__}.{loader.__name__}" if isinstance(loader, type) else ""
    engine = Engine(loaders=[(named, [source])] if named else [source], **SHARED)
    page = {
        "id": "lund-tax",
        "number": 7,
        "evil": "<b>&",
        "none": None,
        "half": 1234.5,
        "day": dt.date(2026, 6, 1),
        "safe": SafeString("<i>"),
        "pairs": [("<", "xy"), (2, ""), (3, "")],
        "method": lambda: "<called>",
    }
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


def test_a_part_that_includes_itself_ends():
    parts = {"part": "{{ n }}{% if n %}{% include 'part' with n=n|slice:'1:' %}{% endif %}{{ n }}"}
    for loader in (PLAIN, "alliance.opendata.archive.templates.Loader"):
        source = (PLAIN, parts)
        engine = Engine(loaders=[source if loader == PLAIN else (loader, [source])], **SHARED)
        assert engine.get_template("part").render(Context({"n": "abc"})) == "abcbcccbcabc"


def test_what_counts_in_a_part_begins_anew_in_each_place():
    parts = {
        "part": "{% include 'odd' %}{% include 'odd' %}",
        "odd": "{% cycle 'odd' 'even' %}{% for x in n %}{% ifchanged x %}{{ x }}{% endifchanged %}"
        "{% endfor %}",
    }
    found = set()
    for loader in (PLAIN, "alliance.opendata.archive.templates.Loader"):
        source = (PLAIN, parts)
        engine = Engine(loaders=[source if loader == PLAIN else (loader, [source])], **SHARED)
        found.add(engine.get_template("part").render(Context({"n": "aab"})))
    assert len(found) == 1


def test_blocks_are_filled_wherever_they_stand():
    parts = {
        "frame": "<{% if 1 %}{% block a %}{{ x }}{% endblock %}{% endif %}>"
        "{% block b %}b{% endblock %}",
        "part": "{% extends 'frame' %}{% block a %}{{ block.super }}{{ x }}!{% endblock %}",
    }
    source = (PLAIN, parts)
    engine = Engine(loaders=[("alliance.opendata.archive.templates.Loader", [source])], **SHARED)
    assert engine.get_template("part").render(Context({"x": "&"})) == "<&amp;&amp;!>b"


def test_a_fault_in_what_a_page_shows_is_no_empty_place():
    class Page:
        @property
        def title(self) -> str:
            return self.nothing_of_that_name  # type: ignore[attr-defined,no-any-return]

    source = (PLAIN, {"part": "{{ page.title }}"})
    engine = Engine(loaders=[("alliance.opendata.archive.templates.Loader", [source])], **SHARED)
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        engine.get_template("part").render(Context({"page": Page()}))
