"""The sentences of faults in needs, offers, agreements, peer reviews and what teams manage."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "nothing-to-match": _("Choose a theme, a topic or an SDG target: matches are found by it."),
        "nothing-to-give": _("Choose what the city can give."),
        "no-advice": _("Recommend at least one thing: the follow-ups ask for it."),
        "no-progress": _("Say what became of recommendation %(n)s."),
        "no-scopes": _("Choose what the token may be used for."),
        "no-events": _("Choose what to send to this address."),
    },
    wrong={
        "not-an-organisation": _("There is no such organisation in the network."),
        "not-a-target": _("“%(value)s” is not an SDG target. Enter its number, such as 11.2."),
        "nothing-to-appeal": _("There is nothing to object to, or you have objected already."),
        "too-often": _("You can send at most %(most)s posts or reports a day. Try again tomorrow."),
        "day-over": _("This day is over."),
        # Needs, agreements, peer reviews
        "urgent-enough": _(
            "Your city has %(n)s open urgent needs already. Make one of them less urgent first."
        ),
        "cities-enough": _("%(n)s cities take part already."),
        "visit-ends-first": _("The visit ends before it begins."),
        "no-reviewer": _("No other city takes part yet. Set the days once one does."),
        "visit-not-begun": _("The visit has not begun yet."),
        "no-follow-up": _("There is no such follow-up."),
        # Joining
        "not-an-email": _("Write an email address such as name@example.org."),
        "throw-away-address": _(
            "Use your work address: %(value)s gives addresses for a short time only."
        ),
        # Teams
        "many-invitations": _("The team has %(n)s open invitations. Withdraw some first."),
        "in-team": _("This person is in the team already."),
        "invited-already": _("This address has an open invitation. Withdraw that one first."),
        "invitation-sent-before": _(
            "This form was sent before. Check the invitation below and send it again."
        ),
        "many-tokens": _("The team has %(n)s tokens. Revoke those that are not used any more."),
        "same-token": _("The team has a token of this name."),
        "not-within-a-year": _("Choose a day after today and within a year."),
        "token-sent-before": _(
            "This form was sent before. Check the token below and send it again."
        ),
        "many-webhooks": _("The team has %(n)s webhooks. End those that are not used any more."),
        "not-https-address": _("Give an https address without a user name."),
        "inside-address": _("Give an address on the public network."),
        "system-port": _("Port %(port)s is not for the web: use 443, or one from 1024 to 65535."),
    },
)
