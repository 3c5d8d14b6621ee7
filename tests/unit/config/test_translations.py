"""Finding texts in sources, and faults in catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance.config import translations

PYTHON = """
from django.utils.translation import gettext as _, gettext as _now, ngettext, pgettext_lazy
title = _("Find what works")
count = ngettext("%(n)s case", "%(n)s cases", n) % {"n": n}
month = pgettext_lazy("month", "May")
fault = _now("Choose one")
not_a_text = "Hello"
"""
TEMPLATE = """{% load i18n %}
<h1>{% translate "What didn't work" %}</h1>
{% blocktranslate count n=cases|length trimmed %}
  One trial
{% plural %}
  {{ n }} trials
{% endblocktranslate %}
{% blocktranslate with place=city.name %}Seen in {{ place }} at 100 %{% endblocktranslate %}
{{ _("Sources") }} {% translate "May" context "month" %}
{# Translators: nothing to see here #}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with texts in Python and in a template, and complete catalogues."""
    (tmp_path / "room" / "templates" / "room").mkdir(parents=True)
    (tmp_path / "room" / "views.py").write_text(PYTHON)
    (tmp_path / "room" / "templates" / "room" / "page.html").write_text(TEMPLATE)
    translations.add_missing(tmp_path)
    for language in translations.LANGUAGES:
        change(tmp_path, language, lambda text: f"x {text}")
    return tmp_path


def test_the_head_of_a_catalogue_has_nothing_left_to_fill_in(package: Path):
    translations.add_missing(package)
    for language, name in (("fr", "French"), ("sv", "Swedish")):
        path = translations.catalogue_path(language, package / "locale")
        head = path.read_text(encoding="utf-8").split("\n\n", 1)[0]
        assert head.startswith(f"# {name} translations for Alliance platform.")
        assert "EUPL-1.2" in head and "Last-Translator: The contributors" in head
        for placeholder in (
            *("ORGANIZATION", "FIRST AUTHOR", "FULL NAME", "EMAIL@ADDRESS", "LL@li.org"),
            *("YEAR", "VERSION", "PROJECT"),
        ):
            assert placeholder not in head


def change(package: Path, language: str, translate) -> None:
    """Fill a catalogue with what `translate` makes of each text."""
    catalogue = translations.read_catalogue(language, package / "locale")
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            message.string = tuple(translate(text) for text in message.id)
        else:
            message.string = translate(message.id)
    path = translations.catalogue_path(language, package / "locale")
    with path.open("wb") as handle:
        translations.write_po(handle, catalogue)


def edit(package: Path, before: str, after: str) -> None:
    """Replace a piece of the French catalogue."""
    path = translations.catalogue_path("fr", package / "locale")
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after), encoding="utf-8")


def rules(package: Path) -> list[str]:
    return [f"{fault.where} – {fault.rule}" for fault in translations.faults(package)]


def test_texts_are_found_in_python_and_templates(package: Path):
    found = {
        (text.context, text.singular, text.plural): text.where
        for text in translations.texts(package)
    }
    assert set(found) == {
        (None, "Find what works", None),
        (None, "Choose one", None),
        (None, "%(n)s case", "%(n)s cases"),
        ("month", "May", None),
        (None, "What didn't work", None),
        (None, "One trial", "%(n)s trials"),
        (None, "Seen in %(place)s at 100 %%", None),
        (None, "Sources", None),
    }
    assert found[None, "Find what works", None] == "room/views.py:3"


def test_complete_catalogues_have_no_faults(package: Path):
    assert rules(package) == []


def test_a_missing_text_is_named_with_its_place(package: Path):
    with (package / "room" / "views.py").open("a") as handle:
        handle.write('new = _("Brand new")\n')
    assert rules(package) == [
        f"{language}: 'Brand new' (room/views.py:8) – The text is not in the catalogue."
        for language in ("fr", "sv")
    ]
    assert translations.add_missing(package) == 2
    assert all(rule.endswith("is empty.") for rule in rules(package))


def test_a_text_that_stands_in_no_source_is_named_and_dropped(package: Path):
    source = package / "room" / "views.py"
    source.write_text(source.read_text().replace("Find what works", "Find"))
    assert "fr: 'Find what works' – The text is no longer in any source file." in rules(package)
    translations.add_missing(package)
    assert not any("The text is no longer in any source file." in rule for rule in rules(package))


def test_an_empty_translation(package: Path):
    edit(package, 'msgstr "x Sources"', 'msgstr ""')
    assert [rule.split(" – ")[1] for rule in rules(package)] == ["The translation is empty."]


def test_a_fuzzy_translation(package: Path):
    edit(package, 'msgid "Sources"', '#, fuzzy\nmsgid "Sources"')
    assert [rule.split(" – ")[1] for rule in rules(package)] == ["The text is marked fuzzy."]


@pytest.mark.parametrize("other", ["", "%(city)s", "%(place)s %(place_two)s"])
def test_other_placeholders(package: Path, other: str):
    edit(package, "x Seen in %(place)s", f"x Vu à {other}")
    [rule] = rules(package)
    assert "must contain these placeholders" in rule


def test_a_plural_form_may_leave_out_its_number_but_not_the_last(package: Path):
    edit(package, 'msgstr[0] "x %(n)s case"', 'msgstr[0] "x un cas"')
    assert rules(package) == []
    edit(package, 'msgstr[1] "x %(n)s cases"', 'msgstr[1] "x des cas"')
    [rule] = rules(package)
    assert "Its last form must contain these placeholders:" in rule


def test_adding_keeps_what_is_translated(package: Path):
    before = translations.catalogue_path("fr", package / "locale").read_text()
    translations.add_missing(package)
    after = translations.catalogue_path("fr", package / "locale").read_text()
    assert 'msgstr "x Sources"' in before
    assert 'msgstr "x Sources"' in after
    assert translations.add_missing(package) == 0


def test_catalogues_are_compiled_when_they_changed(package: Path):
    assert translations.compile_all(package / "locale") == 2
    assert translations.compile_all(package / "locale") == 0
    target = translations.catalogue_path("fr", package / "locale").with_suffix(".mo")
    assert b"x Sources" in target.read_bytes()
