"""What the audit log calls its acts and kinds of records, in the language of the page; faults.

The log itself keeps codes, which searches and the table that is taken away use. A code without a
word here is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import add_sentences

VERBS: Mapping[str, Promise] = {
    "create": pgettext_lazy("act", "created"),
    "update": pgettext_lazy("act", "changed"),
    "change": pgettext_lazy("act", "changed"),
    "save": pgettext_lazy("act", "saved"),
    "start": pgettext_lazy("act", "began"),
    "submit": pgettext_lazy("act", "handed in"),
    "take back": pgettext_lazy("act", "took back"),
    "drop": pgettext_lazy("act", "gave up"),
    "reopen": pgettext_lazy("act", "took up again"),
    "attach": pgettext_lazy("act", "added a file"),
    "remove file": pgettext_lazy("act", "took a file away"),
    "remark": pgettext_lazy("act", "wrote a remark"),
    "resolve remark": pgettext_lazy("act", "dealt with a remark"),
    "take review": pgettext_lazy("act", "took to review"),
    "save review": pgettext_lazy("act", "saved a review"),
    "give review back": pgettext_lazy("act", "gave a review back"),
    "approve": pgettext_lazy("act", "approved"),
    "ask for changes": pgettext_lazy("act", "asked for changes"),
    "publish": pgettext_lazy("act", "published"),
    "withdraw": pgettext_lazy("act", "withdrew"),
    "merge": pgettext_lazy("act", "merged"),
    "restore": pgettext_lazy("act", "put back"),
    "confirm": pgettext_lazy("act", "confirmed"),
    "regrade": pgettext_lazy("act", "counted the evidence grade anew"),
    "set panel verdict": pgettext_lazy("act", "set the verdict of a panel"),
    "end panel verdict": pgettext_lazy("act", "ended the verdict of a panel"),
    "remind": pgettext_lazy("act", "reminded"),
    "source died": pgettext_lazy("act", "noted that a source is gone"),
    "import": pgettext_lazy("act", "imported"),
    "import drafts": pgettext_lazy("act", "imported drafts"),
    "translate": pgettext_lazy("act", "translated"),
    "review translation": pgettext_lazy("act", "reviewed a translation"),
    "confirm translation": pgettext_lazy("act", "confirmed a translation"),
    "take over translation": pgettext_lazy("act", "took over a translation"),
    "ask": pgettext_lazy("act", "asked"),
    "answer": pgettext_lazy("act", "answered"),
    "hide": pgettext_lazy("act", "hid"),
    "show again": pgettext_lazy("act", "showed again"),
    "invite": pgettext_lazy("act", "invited"),
    "accept": pgettext_lazy("act", "accepted"),
    "join": pgettext_lazy("act", "joined"),
    "leave": pgettext_lazy("act", "left"),
    "change-role": pgettext_lazy("act", "changed a role"),
    "end-membership": pgettext_lazy("act", "ended a membership"),
    "give-role": pgettext_lazy("act", "gave a role"),
    "end-role": pgettext_lazy("act", "ended a role"),
    "elevate": pgettext_lazy("act", "took extended rights"),
    "end-elevation": pgettext_lazy("act", "gave extended rights back"),
    "remove": pgettext_lazy("act", "removed"),
    "revoke": pgettext_lazy("act", "revoked"),
    "end": pgettext_lazy("act", "ended"),
    "pause": pgettext_lazy("act", "paused"),
    "sign-up": pgettext_lazy("act", "signed up"),
    "erase": pgettext_lazy("act", "deleted the account"),
    "start digest": pgettext_lazy("act", "turned the digest on"),
    "choose emails": pgettext_lazy("act", "chose the kinds of emails"),
    "send again": pgettext_lazy("act", "sent again"),
    "stop digest": pgettext_lazy("act", "turned the digest off"),
    "propose": pgettext_lazy("act", "proposed"),
    "agree": pgettext_lazy("act", "agreed"),
    "prioritise": pgettext_lazy("act", "set a priority"),
    "request": pgettext_lazy("act", "asked for it"),
    "plan": pgettext_lazy("act", "planned"),
    "report": pgettext_lazy("act", "reported"),
    "record": pgettext_lazy("act", "recorded"),
    "cancel": pgettext_lazy("act", "cancelled"),
    "follow up": pgettext_lazy("act", "followed up"),
    "define": pgettext_lazy("act", "defined"),
    "decide": pgettext_lazy("act", "decided"),
    "name pilot": pgettext_lazy("act", "named the pilot"),
    "set state": pgettext_lazy("act", "set the state"),
    "reject": pgettext_lazy("act", "rejected"),
    "warn of deletion": pgettext_lazy("act", "warned of deletion"),
}
KINDS: Mapping[str, Promise] = {
    "case": pgettext_lazy("kind of record", "case"),
    "draft": pgettext_lazy("kind of record", "draft"),
    "question": pgettext_lazy("kind of record", "question"),
    "solution": pgettext_lazy("kind of record", "solution"),
    "method": pgettext_lazy("kind of record", "method"),
    "city": pgettext_lazy("kind of record", "city"),
    "organisation": pgettext_lazy("kind of record", "organisation"),
    "team": pgettext_lazy("kind of record", "team"),
    "invitation": pgettext_lazy("kind of record", "invitation"),
    "join request": pgettext_lazy("kind of record", "request to join"),
    "api-token": pgettext_lazy("kind of record", "API token"),
    "webhook": pgettext_lazy("kind of record", "webhook"),
    "person": pgettext_lazy("kind of record", "person"),
    "email": pgettext_lazy("kind of record", "email"),
    "measure": pgettext_lazy("kind of record", "measure"),
    "unit": pgettext_lazy("kind of record", "unit"),
    "need": pgettext_lazy("kind of record", "need"),
    "offer": pgettext_lazy("kind of record", "offer"),
    "statement draft": pgettext_lazy("kind of record", "draft of a need or an offer"),
    "agreement": pgettext_lazy("kind of record", "adoption"),
    "peer review": pgettext_lazy("kind of record", "peer review"),
    "testbed": pgettext_lazy("kind of record", "testbed"),
    "challenge": pgettext_lazy("kind of record", "challenge"),
    "challenge answer": pgettext_lazy("kind of record", "answer to a challenge"),
    "booking": pgettext_lazy("kind of record", "slot of a testbed"),
    "thread step": pgettext_lazy("kind of record", "step of a thread"),
    "thread": pgettext_lazy("kind of record", "thread"),
    "thread link": pgettext_lazy("kind of record", "link of a thread"),
    "indicator": pgettext_lazy("kind of record", "indicator"),
    "indicator-group": pgettext_lazy("kind of record", "group of indicators"),
    "observations": pgettext_lazy("kind of record", "observations"),
    "release": pgettext_lazy("kind of record", "release"),
}

add_sentences(
    {
        "same-name": _("Another one in this country has this name, with the id %(id)s."),
        "merge-itself": _("Choose another one."),
        "another-meaning": _(
            "One of the two is for changes or shares and the other is not, so they cannot be "
            "merged."
        ),
        "city-abroad": _("The city lies in another country than the organisation."),
        "population-and-year": _("Give the inhabitants together with the year of the count."),
    },
)
