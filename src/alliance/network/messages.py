"""The fault messages of needs, offers, agreements, peer reviews and team management."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    missing={
        "nothing-to-match": _(
            "Choose a theme, a topic or an SDG target, so that matches can be found."
        ),
        "nothing-to-give": _("Choose what the city can offer."),
        "no-advice": _("Add at least one recommendation. It is checked in the follow-ups."),
        "no-progress": _("Describe what was done about recommendation %(n)s."),
        "no-scopes": _("Choose permissions for the token."),
        "no-events": _("Choose which events to send to this address."),
    },
    wrong={
        "not-an-organisation": _("This organisation is not in the network."),
        "not-a-target": _("“%(value)s” is not an SDG target. Enter its number, such as 11.2."),
        "nothing-to-appeal": _(
            "You cannot object: there is no decision, or you have already objected."
        ),
        "too-often": _("You can send at most %(most)s posts or reports a day. Try again tomorrow."),
        "day-over": _("This date has passed."),
        # Needs, agreements, peer reviews
        "urgent-enough": _(
            "Your city already has %(n)s open urgent needs. Lower the priority of one of "
            "them first."
        ),
        "cities-enough": _("%(n)s cities are already taking part."),
        "visit-ends-first": _("Choose an end date after the start of the visit."),
        "no-reviewer": _("No other city takes part yet. Set the dates once one has joined."),
        "visit-not-begun": _("The visit has not started yet."),
        "no-follow-up": _("This follow-up does not exist."),
        # Joining
        "not-an-email": _("Enter your email address, such as name@example.org."),
        "throw-away-address": _(
            "Use your work email address: addresses at %(value)s are temporary."
        ),
        # Teams
        "many-invitations": _("The team has %(n)s open invitations. Withdraw some first."),
        "in-team": _("This person is already in the team."),
        "invited-already": _("This address already has an open invitation. Withdraw it first."),
        "invitation-sent-before": _(
            "This form has already been sent. Check the invitation below, then send it again."
        ),
        "many-tokens": _("The team has %(n)s tokens. Revoke any that are no longer used."),
        "same-token": _("The team already has a token with this name."),
        "not-within-a-year": _("Choose a date after today and within a year."),
        "token-sent-before": _(
            "This form has already been sent. Check the token below, then send it again."
        ),
        "many-webhooks": _("The team has %(n)s webhooks. Remove any that are no longer used."),
        "not-https-address": _("Enter an https address without a user name."),
        "inside-address": _("Enter a public internet address."),
        "system-port": _(
            "Port %(port)s cannot be used for the web. Use 443, or a port from 1024 to 65535."
        ),
    },
)
