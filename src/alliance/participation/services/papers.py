"""Posters and forms on paper of a process, with a code that a telephone reads."""

from __future__ import annotations

import io
from importlib.resources import files
from typing import Any

import qrcode
import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from alliance.core.text import canonical_json
from alliance.network.addresses import page_address
from alliance.network.localise import local_name
from alliance.participation.enums import AgeBand, ContributionKind, FirstTime, Sex, Tenure
from alliance.participation.models import Contribution, Process
from alliance.participation.panels import panels
from alliance.participation.services.contributions import kind_of
from alliance.web import formatting
from alliance.web.typefaces import fonts

TEMPLATE = files("alliance.participation") / "typst" / "paper.typ"
#: So many statements fit on the form.
MOST_STATEMENTS = 12


def _qr(address: str) -> str:
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=1).save(out)
    return out.getvalue().decode()


def words_of(process: Process, *, is_form: bool) -> dict[str, Any]:
    """What stands on a poster or a form, in the language in use."""
    language = get_language() or "en"
    address = page_address("participation:take-part", language, process.public_id)
    facts = [
        (_("What will be decided:"), process.decides_what),
        (_("Who decides:"), process.decides_who),
        (_("What cannot be changed:"), process.not_open),
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
                "number": one.number,
                "text": one.post.text,
                "author": str(one.get_author_display()),
            }
            for one in rows.order_by("number", "post_id")[:MOST_STATEMENTS]
        ]
    return {
        "title": process.title,
        "city": ", ".join(
            part for part in (local_name(process.city, language), process.area) if part
        ),
        "network": settings.NETWORK_NAME,
        "language": language,
        "is_form": is_form,
        "summary": process.summary,
        "address": address,
        "qr": _qr(address),
        "act": _("Take part"),
        "how": _("Scan the code. It takes two minutes, without an account."),
        "facts": [one for one in facts if one[1]],
        "statements": statements,
        "questions": list(on_paper(process)) if is_form and on_paper else [],
        "answers": [_("I agree"), _("I disagree"), _("I don’t know")],
        "own": "" if on_paper else _("In your own words"),
        "lines": 0 if on_paper else 3 if statements else 10,
        "who": _("Who you are (only if you want to say)"),
        "traits": [
            (_("Age"), [str(one.label) for one in AgeBand]),
            (_("Sex"), [str(one.label) for one in Sex]),
            (_("Your home is"), [str(one.label) for one in Tenure]),
            (_("Is this the first time you take part?"), [str(one.label) for one in FirstTime]),
        ],
        "area": _("The part of the city you live in:"),
        "foot": _("Each contribution gets an answer. Answers on paper count like those online."),
    }


def typeset(words: dict[str, Any]) -> bytes:
    """A poster or a form with these words (`words_of`) as PDF."""
    compiler = typst.Compiler(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),  # type: ignore[attr-defined]
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": canonical_json(words)},
    )
    made = compiler.compile(format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave more than one file")
    return made
