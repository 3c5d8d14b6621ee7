"""Posters and paper forms of a process, with a QR code."""

from __future__ import annotations

import io
import re
import unicodedata
from importlib.resources import files
from typing import Any

import qrcode
import typst
from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from alliance.core.text import canonical_json
from alliance.network.addresses import page_address
from alliance.network.localise import local_name, written_in
from alliance.participation.enums import AgeBand, ContributionKind, FirstTime, Sex, Tenure
from alliance.participation.models import Contribution, Process
from alliance.participation.panels import panels
from alliance.participation.services.contributions import kind_of
from alliance.web import formatting
from alliance.web.typefaces import fonts

TEMPLATE = files("alliance.participation") / "typst" / "paper.typ"
#: How many statements fit on the form.
MOST_STATEMENTS = 12
#: Characters in our typefaces: Latin, Greek, Cyrillic, Hebrew, Arabic, punctuation, currencies,
#: arrows.
_PRINTED = (
    "\u0000-\u052f\u0590-\u06ff\u1e00-\u200c\u200e-\u2063\u20a0-\u20c0\u2100-\u214f\u2190-\u21ff"
    "\u2200-\u22ff\ufb1d-\ufdff\ufe70-\ufefc"
)
#: Letters of other scripts, and emoji with their joiners and modifiers.
_OTHER_LETTERS = re.compile(rf"(?:(?![{_PRINTED}])[^\W_])+")
_PICTURES = re.compile(rf" ?[^{_PRINTED}…]+")


def printable(text: str) -> str:
    """The text without characters that would print as empty boxes: emoji are left out, words in
    other scripts are replaced by three dots."""
    less = _PICTURES.sub("", _OTHER_LETTERS.sub("…", text))
    return less if less == text else less.strip()


def _all_printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _all_printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_all_printable(item) for item in value]
    return value


def is_right_to_left(text: str) -> bool:
    """Whether a text is written from right to left, by its first letter."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((direction for direction in strong if direction in {"L", "R", "AL"}), "L") != "L"


def _qr(address: str) -> str:
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=1).save(out)
    return out.getvalue().decode()


def words_of(process: Process, *, is_form: bool) -> dict[str, Any]:
    """The texts of a poster or a form in the active language."""
    language = get_language() or "en"
    address = page_address("participation:take-part", language, process.public_id)
    texts = {name: process.localised_text(name, language) for name in Process.IN_WORDS}
    facts = [
        (_("What will be decided:"), str(texts["decides_what"])),
        (_("Who decides:"), str(texts["decides_who"])),
        (_("What cannot be changed:"), str(texts["not_open"])),
    ]
    if process.decides_by:
        facts.insert(2, (_("When:"), formatting.day(process.decides_by)))
    panel = panels().get(process.kind)
    on_paper = panel.on_paper if panel else None
    statements: list[dict[str, Any]] = []
    if is_form and kind_of(process) == ContributionKind.STATEMENT:
        rows = Contribution.objects.filter(
            process=process, kind=ContributionKind.STATEMENT
        ).shown().select_related("post")  # fmt: skip
        statements = [
            {
                "number": row.number,
                "text": (text := str(row.localised_text("text", language))),
                "is_rtl": is_right_to_left(text),
                "author": str(row.get_author_display()),
            }
            for row in rows.order_by("number", "post_id")[:MOST_STATEMENTS]
        ]
    return {
        "title": str(texts["title"]),
        "city": ", ".join(
            part for part in (local_name(process.city, language), str(texts["area"])) if part
        ),
        "network": settings.NETWORK_NAME,
        "language": language,
        "is_form": is_form,
        "summary": str(texts["summary"]),
        "written_in": written_in(texts["summary"]),
        "address": address,
        "qr": _qr(address),
        "act": _("Take part"),
        "how": _("Scan the code. It takes two minutes and you do not need an account."),
        "facts": [fact for fact in facts if fact[1]],
        "statements": statements,
        "questions": list(on_paper(process)) if is_form and on_paper else [],
        "answers": [_("Agree"), _("Disagree"), pgettext("on a statement", "Pass")],
        "own": "" if on_paper else _("In your own words"),
        "lines": 0 if on_paper else 3 if statements else 10,
        "who": _("About you (optional)"),
        "traits": [
            (_("Age"), [str(age_band.label) for age_band in AgeBand]),
            (_("Sex"), [str(sex.label) for sex in Sex]),
            (_("Your home"), [str(tenure.label) for tenure in Tenure]),
            (
                _("Is this your first time taking part?"),
                [str(first_time.label) for first_time in FirstTime],
            ),
        ],
        "area": _("Your part of the city:"),
        "email": _("Email, if you want an answer:"),
        "foot": _(
            "Every contribution gets an answer. Paper answers count the same as online ones."
        ),
    }


def typeset(words: dict[str, Any]) -> bytes:
    """A poster or a form with these texts (`words_of`) as PDF; characters without a typeface are
    left out, and the footer says so."""
    printed: dict[str, Any] = _all_printable(words)
    if canonical_json(printed) != canonical_json(words):
        printed["foot"] += " " + _(
            "Emoji and some scripts cannot be printed here. See the web page."
        )
    compiler = typst.Compiler(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),  # type: ignore[attr-defined]
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": canonical_json(printed)},
    )
    made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave more than one file")
    return made
