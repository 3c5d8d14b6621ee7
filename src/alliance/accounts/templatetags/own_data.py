"""Filters for the page "My data"."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.clock import CITY_TIME
from alliance.core.text import canonical_json
from alliance.web import formatting

register = template.Library()

PARTS = {
    "account": _("Account"),
    "email_addresses": _("Email addresses"),
    "roles": _("Roles in the network"),
    "digest": _("Weekly digest"),
    "emails_off": _("Types of email you have turned off"),
    "emails_of_tasks": _("Emails you received about tasks"),
    "typed_not_saved": _("Text you have typed but not saved"),
    "elevations": _("Your use of extended rights"),
    "second_factors": _("Two-step verification methods"),
    "single_sign_on": _("Single sign-on"),
    "sessions": _("Sessions"),
    "acts": _("Your entries in the audit log"),
    "memberships": _("Team memberships"),
    "invitations": _("Invitations"),
    "requests_to_join": _("Requests to join on behalf of an organisation"),
    "api_tokens_made": _("API tokens you created"),
    "posts": _("Posts in discussions"),
    "reports_sent": _("Posts you reported"),
    "needs_stated": _("Needs you added for your city"),
    "offers_made": _("Offers you added for your city"),
    "agreements": _("Adoption agreements"),
    "peer_reviews": _("Peer reviews"),
    "priorities_given": _("Priorities you set for your city"),
    "drafts_started": _("Drafts you started"),
    "draft_revisions": _("Draft versions you saved"),
    "published_versions": _("Versions you published"),
    "reviews": _("Reviews"),
    "remarks": _("Review comments"),
    "files_added": _("Files you added"),
    "pilots_started": _("Pilots you started"),
    "protocols_frozen": _("Pilot plan versions you registered"),
    "pilot_data_sent": _("Data you submitted for pilots"),
    "pilot_notes": _("Notes you wrote on pilots"),
    "pilot_analyses_asked": _("Pilot analyses you requested"),
    "testbeds_described": _("Testbeds you described"),
    "challenges_stated": _("Challenges you created"),
    "challenges_decided": _("Challenges for which you made the decision"),
    "answers_handed_in": _("Answers you submitted to challenges"),
    "slots_asked": _("Testbed slots you requested"),
    "slots_answered": _("Testbed slots you accepted or declined"),
    "taking_part": _("Your contributions to city processes"),
    "processes_prepared": _("Processes you prepared"),
    "forms_typed_in": _("Paper forms you entered"),
    "evaluations": _("Your evaluations of processes"),
    "campaign_tables": _("Campaign tables you submitted"),
    "topic_groups": _("Topic groups you are in"),
    "topic_groups_started": _("Topic groups you started"),
    "minutes_written": _("Minutes you wrote"),
    "deliverable_texts": _("Texts you wrote for topic groups"),
    "group_documents": _("Documents you added to topic groups"),
    "report_texts": _("Texts you wrote for network reports"),
    "action_items": _("Your action items"),
    "workshops_signed_up": _("Workshops you signed up for"),
    "workshops_prepared": _("Workshops you prepared"),
    "contributions_answered": _("Contributions you answered"),
    "areas_brought": _("Sets of areas you imported"),
    "figures_of_areas_brought": _("Area data you imported"),
    "fairness_checks_begun": _("Fairness checks you started"),
    "waivers_signed": _("Waivers you signed"),
    "testimonies_added": _("Testimonies you added"),
    "challenges_answered": _("Disputes you answered"),
    "researcher_page": _("Your researcher page"),
    "research_questions": _("Questions you asked universities on behalf of your city"),
    "research_questions_worded": _("Questions you wrote for universities"),
    "research_answered": _("City questions you were asked to answer"),
    "thread_steps": _("Steps you added to “From need to result”"),
    "thread_links": _("Links you added to “From need to result”"),
    "figures_brought_in": _("Data you added"),
    "case_files": _("Case tables you uploaded"),
    "facts_checked": _("Facts you checked"),
    "figure_files": _("Data files you uploaded"),
    "questions_to_publishers": _("Publishers you retrieved data from"),
}
WORDS = {
    "id": _("ID"),
    "email": _("Email address"),
    "name": _("Name"),
    "language": _("Language"),
    "joined_at": _("Joined"),
    "last_sign_in": _("Last sign-in"),
    "confirmed": _("Confirmed"),
    "main": _("Main address"),
    "role": _("Role"),
    "given_at": _("Date given"),
    "expires_at": _("Until"),
    "ended_at": _("Ended"),
    "reason": _("Reason"),
    "at": _("Time"),
    "until": _("Until"),
    "kind": _("Type"),
    "made_at": _("Created"),
    "used_at": _("Last used"),
    "provider": _("Provider"),
    "id_there": _("ID at the provider"),
    "told_by_it": _("Data from the provider"),
    "network_address": _("IP address"),
    "browser": _("Browser"),
    "since": _("Since"),
    "last_seen": pgettext_lazy("session", "Last active"),
    "verb": _("Event"),
    "record": pgettext_lazy("audit log", "Content"),
    "details": _("Details"),
    "organisation": _("Organisation"),
    "sent_by_you": _("Sent by you"),
    "asked_to_edit_at": _("Editor role requested"),
    "reference": _("Website or registration number"),
    "country": _("Country"),
    "purpose": _("Your aims in the network"),
    "confirmed_at": _("Confirmed"),
    "decided_at": _("Date of the decision"),
    "hint": _("Starts with"),
    "team": _("Team"),
    "state": _("Status"),
    "draft": _("Draft"),
    "number": _("Number"),
    "content": _("Content"),
    "case": _("Case"),
    "criteria": _("Criteria"),
    "conflict": _("Conflict of interest"),
    "conflict_note": _("Explanation of the conflict of interest"),
    "note": _("Note"),
    "field": _("Field"),
    "text": _("Text"),
    "asked_at": _("Requested"),
    "answer": _("Answer"),
    "title": _("Title"),
    "first": _("Linked from"),
    "second": _("Linked to"),
    "added_at": _("Added"),
    "need": _("Need"),
    "city": _("City"),
    "priority": _("Priority"),
    "stated_at": _("Added"),
    "source": _("Source city"),
    "adopter": _("Adopting city"),
    "proposed_by_you": _("Proposed by you"),
    "agreed_by_you": _("Agreed by you"),
    "contact": _("You are the contact"),
    "pilot": _("Pilot"),
    "testbed": _("Testbed"),
    "version": _("Version"),
    "file": _("File"),
    "process": _("Process"),
    "receipt": _("Receipt code"),
    "channel": _("How it was submitted"),
    "area": _("Part of the city"),
    "age_band": _("Age"),
    "sex": pgettext_lazy("field", "Sex"),
    "pledge": _("Your pledge"),
    "tenure": pgettext_lazy("field", "Home"),
    "first_time": _("First time you take part"),
    "contributions": _("Contributions"),
    "supports": _("Proposals you support"),
    "sha256": _("Fingerprint (SHA-256)"),
    "workshop": _("Workshop"),
    "time_zone": _("Time zone"),
    "answers": _("Answers"),
    "may_meet": _("Others may see that you take part"),
    "learns": _("Themes you want to learn about"),
    "tells": _("Themes you can tell others about"),
    "themes": _("Themes"),
    "languages": _("Languages"),
    "orcid": _("ORCID"),
    "question": _("Question"),
    "added": _("Values added"),
    "revised": _("Values revised"),
}
TRACES = {
    "account": PARTS["account"],
    "e-mail address": WORDS["email"],
    "id": WORDS["id"],
    "name": WORDS["name"],
}


@register.simple_tag
def own_part(name: str) -> str:
    """The heading of a part of one's own data."""
    return str(PARTS.get(name, name))


@register.simple_tag
def own_trace(name: str) -> str:
    """The label of a trace of a person: the account, or the address, id or name."""
    return str(TRACES.get(name, name))


@register.simple_tag
def own_value(value: Any) -> SafeString:
    """A part of one's own data: an object as a list of terms, a list as a list of those."""
    if isinstance(value, list):
        if not value:
            return format_html('<p class="note">{}</p>', _("No data."))
        return format_html(
            '<ol class="plain">{}</ol>',
            format_html_join("", "<li>{}</li>", ((_terms(item),) for item in value)),
        )
    return _terms(value)


def _terms(value: dict[str, Any]) -> SafeString:
    rows = ((WORDS.get(key, key), _display_value(item)) for key, item in value.items())
    return format_html(
        '<dl class="terms">{}</dl>',
        format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows),
    )


def _display_value(value: Any) -> str | SafeString:
    """A value in words; a time in the reader's format, nested values unchanged."""
    if value is None or value in ("", [], {}):
        return str(_("no entry"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and "T" in value[:11]:
        at = dt.datetime.fromisoformat(value)
        if at.tzinfo:
            # In the time zone of the cities, as on all other pages; the file has UTC.
            at = at.astimezone(CITY_TIME)
        return f"{formatting.day(at.date())} {at:%H:%M}"
    if isinstance(value, dict | list):
        return format_html("<code>{}</code>", canonical_json(value)[:2_000])
    return str(value)
