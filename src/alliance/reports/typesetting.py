"""Typesets a brief to a tagged, reproducible PDF.

The text is one A4 page, including the sources if there is room, else they are on further pages.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import typst
from django.utils.translation import gettext as _

from alliance.core.errors import Fault, InvalidData
from alliance.core.text import canonical_json
from alliance.reports import fitting as rules
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import Brief
from alliance.reports.selectors.editions import TEMPLATE
from alliance.web.typefaces import fonts

#: PDF/UA-1 (ISO 14289-1), which screen readers can read in order.
STANDARD: Final = "ua-1"

REPORT: Final = TEMPLATE.with_name("report.typ")

#: Stands for a character that is missing in all typefaces.
REPLACEMENT = "\ufffd"

#: Type sizes to try before the smallest, relative to it.
ROOMY = (1.14, 1.09, 1.04)

#: Longer words get break opportunities, so that they cannot exceed their column.
LONGEST_WORD = 28

_NOT_DISPLAYED = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_LONG_WORD = re.compile(rf"[^\s\u00ad-]{{{LONGEST_WORD},}}")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_YEARS = re.compile(r"(\d)–(\d)")
_FRENCH_SIGN = re.compile(r" ([:;?!»])")
# The typesetter breaks addresses itself.
_AS_THEY_ARE = frozenset({"url", "address", "svg", "type", "code", "id", "at", "tone", "sure"})


class DoesNotFit(InvalidData):
    """A brief is longer than a page even in its shortest form."""

    def __init__(self, brief: Brief) -> None:
        where = f"{brief.kind} {brief.public_id} in {brief.language}"
        super().__init__([Fault(where, "longer-than-a-page")])


def _set(text: str, language: str) -> str:
    """`text` on one line: signs stay with the preceding figure or word, long words may break."""
    text = _BLANKS.sub(" ", text).replace(" %", "\u00a0%")
    # A word joiner after the dash prevents a break in "2019–2021".
    text = _YEARS.sub("\\1–\u2060\\2", text)
    if language == "fr":
        text = _FRENCH_SIGN.sub("\u00a0\\1", text)
    return _LONG_WORD.sub(
        lambda word: "\u00ad".join(
            word[0][start : start + LONGEST_WORD // 2]
            for start in range(0, len(word[0]), LONGEST_WORD // 2)
        ),
        text,
    )


def _printable(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {
            key: item if key in _AS_THEY_ARE else _printable(item, change)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_printable(item, change) for item in value]
    return value


def content(
    brief: Brief, *, scale: float = 1.0, unknown: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The brief as the template reads it. Characters in `unknown` are replaced, with a note.

    The active language must be that of the brief.
    """
    values = asdict(brief)
    del values["made_of"]
    values["scale"] = scale
    for part in values["charts"] + values["boxes"]:
        part["more"] = brief_parts.more_on_page(part["left_out"])
    for part in values["passages"]:
        part["more"] = _("more on the web page") if part["shortened"] else ""
    values["sources_more"] = brief_parts.more_on_page(brief.sources_left_out)
    values["sources_note"] = brief_parts.sources_apart(len(brief.sources))
    foot = list(brief.foot)
    if brief.left_out:
        foot.append(
            _("Only on the web page: %(sections)s.")
            % {"sections": ", ".join(dict.fromkeys(brief.left_out))}
        )
    if unknown:
        foot.append(
            _("Characters missing from the font are printed as %(mark)s.") % {"mark": REPLACEMENT}
        )
    values["foot"] = foot
    gaps = dict.fromkeys((ord(character) for character in unknown), REPLACEMENT)
    printed: dict[str, Any] = _printable(
        values, lambda text: _set(text.translate(gaps), brief.language)
    )
    return printed


def _compiler(values: dict[str, Any], template: Path = TEMPLATE) -> typst.Compiler:
    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={template.stem: canonical_json(values)},
    )


def typeset(brief: Brief) -> bytes:
    """The brief as PDF/UA-1, its text on exactly one A4 page, shortened by the published rule to
    fit.

    Sources are never shortened. If the page is full and there are more than a few, they are on
    further pages. Equal briefs give equal bytes. The active language must be that of the brief.
    Raises DoesNotFit if even the shortest form is too long.
    """
    brief = rules.bounded(brief)
    unknown = _lacking(brief)

    def fits(candidate: Brief, scale: float = 1.0) -> bool:
        candidate = rules.numbered(candidate)
        if candidate.sources_apart:
            # Sources on further pages do not affect the page, so they can be left out of the trial.
            candidate = replace(candidate, sources=candidate.sources[:1])
        compiler = _compiler(content(candidate, scale=scale, unknown=unknown))
        return int(compiler.query("<pages>", field="value", one=True)) == 1

    def export(candidate: Brief, scale: float = 1.0) -> bytes:
        values = content(rules.numbered(candidate), scale=scale, unknown=unknown)
        return _export(values, brief.made_of)

    def roomy(candidate: Brief) -> bytes:
        return export(candidate, next((scale for scale in ROOMY if fits(candidate, scale)), 1.0))

    if fits(brief):
        return roomy(brief)
    apart = replace(brief, sources_apart=True)
    if len(brief.sources) > rules.FEW_SOURCES and fits(apart):
        return roomy(apart)
    forms = [apart] if len(brief.sources) > rules.FEW_SOURCES else [brief, apart]
    for form in forms:
        fitting = rules.shorten(form, fits)
        if fitting is not None:
            return export(fitting)
    raise DoesNotFit(brief)


def _lacking(brief: Brief) -> frozenset[str]:
    """The characters of the brief that are missing in all typefaces."""
    return _set_without(lambda unknown: _export(content(brief, unknown=unknown), brief.made_of))[1]


def _set_without(
    export: Callable[[frozenset[str]], bytes],
) -> tuple[bytes, frozenset[str]]:
    """The result of `export` with the set of missing characters, and this set."""
    unknown: frozenset[str] = frozenset()
    while True:
        try:
            return export(unknown), unknown
        except typst.TypstError as error:
            match = _NOT_DISPLAYED.search(error.message)
            if match is None:
                raise
            unknown |= frozenset(match[1])


def typeset_report(content: dict[str, Any], as_of: dt.date) -> bytes:
    """A report as PDF/UA-1 with the given date. Equal content gives equal bytes.

    Characters that the typefaces lack are replaced.
    """

    def export(unknown: frozenset[str]) -> bytes:
        gaps = dict.fromkeys((ord(character) for character in unknown), REPLACEMENT)
        values = _printable(content, lambda text: _set(text.translate(gaps), content["language"]))
        at = dt.datetime.combine(as_of, dt.time(), dt.UTC)
        return _export(values, at, REPORT)

    return _set_without(export)[0]


def _export(values: dict[str, Any], at: dt.datetime, template: Path = TEMPLATE) -> bytes:
    made = _compiler(values, template).compile(
        format="pdf", pdf_standards=STANDARD, timestamp=at.replace(microsecond=0)
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave more than one file")
    return made
