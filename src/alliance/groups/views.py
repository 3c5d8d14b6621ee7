"""Pages of topic groups, minutes and action items."""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.groups import forms, rules
from alliance.groups.models import ActionItem, Deliverable, GroupDocument, Minutes, TopicGroup
from alliance.groups.selectors import access
from alliance.groups.selectors import groups as select
from alliance.groups.services import actions, groups, minutes
from alliance.groups.services.minutes import PERSON, TEAM
from alliance.network.access import actor_of
from alliance.network.addresses import page_address
from alliance.network.enums import DiscussedKind
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.selectors.discussion import discussion_of
from alliance.network.services.discussion import write_post
from alliance.network.views import for_people, missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.network.views.discussion import WritePost
from alliance.web.actions import ActionForm
from alliance.web.atom import Feed
from alliance.web.downloads import download
from alliance.web.paging import page_number, page_of

LIST = (_("Topic groups"), "groups:groups")
ITEMS_ON_A_PAGE = 50


@require_safe
@missing_is_404
def group_list(request: HttpRequest) -> HttpResponse:
    """The active groups."""
    actor = actor_of(request)
    context = {
        "groups": select.group_lines(),
        "may_start": rules.may_start(actor),
        "is_in_network": rules.is_in_network(actor),
        "today": clock.today(),
    }
    if not (context["groups"] or context["may_start"]):
        return redirect("thread:together")
    return render(request, "groups/groups.html", context)


@require_safe
@missing_is_404
def group(request: HttpRequest, public_id: str) -> HttpResponse:
    """A group: its mandate, its deliverables, its decisions and the discussion."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    topic_group = access.get_group(public_id)
    discussion = discussion_of(
        DiscussedKind.GROUP, public_id, actor, language, number=page_number(request)
    )
    page = select.group_page(topic_group, actor, language=language, at=clock.now())
    return render(request, "groups/group.html", page | {"discussion": discussion})


@require_safe
@missing_is_404
def minutes_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Minutes with their decisions, action items and lessons."""
    actor = actor_of(request)
    meeting_minutes = access.get_minutes(actor, public_id)
    page = select.minutes_page(meeting_minutes, actor, at=clock.now())
    return render(request, "groups/minutes.html", page)


@require_safe
@for_people
def action_list(request: HttpRequest) -> HttpResponse:
    """The list of open and completed action items, for members of the network."""
    actor, at = actor_of(request), clock.now()
    if not rules.is_in_network(actor):
        raise NotFound("page", "action-items")
    wanted = request.GET.get("group", "")[:80]
    topic_group = access.get_group(wanted) if wanted else None
    is_done = request.GET.get("state") == "done"
    rows = select.action_items(actor, at)
    rows = rows.filter(minutes__group=topic_group) if topic_group else rows
    done, still_open = rows.exclude(done_at=None).order_by("-done_at"), rows.filter(done_at=None)
    page = page_of(
        Paginator(done if is_done else still_open, ITEMS_ON_A_PAGE), page_number(request)
    )
    context = {
        "page": page,
        "actions": select.with_rights(page.object_list, actor),
        "group": topic_group,
        "is_done": is_done,
        "n_open": page.paginator.count if not is_done else still_open.count(),
        "n_done": page.paginator.count if is_done else done.count(),
        "n_overdue": still_open.filter(due_on__lt=at.date()).count(),
        "today": at.date(),
    }
    return render(request, "groups/actions.html", context)


@require_safe
def feed(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A group's public news: public minutes, deliverables, documents."""
    language = request.LANGUAGE_CODE
    try:
        topic_group = access.get_group(public_id)
    except NotFound as missing:
        raise Http404(str(missing)) from missing
    made = Feed(
        language,
        ["groups", public_id],
        topic_group.name,
        own=page_address("groups:feed", language, public_id),
        page=page_address("groups:group", language, public_id),
        subtitle=gettext("Minutes, deliverables and documents from a topic group in %(network)s.")
        % {"network": settings.NETWORK_NAME},
    )
    own = page_address("groups:group", language, public_id)
    entries: list[tuple[dt.datetime, str, str, str, Any]] = [
        *(
            (
                *(meeting_minutes.changed_at, "minutes", meeting_minutes.text),
                *(
                    page_address("groups:minutes", language, meeting_minutes.public_id),
                    meeting_minutes,
                ),
            )
            for meeting_minutes in topic_group.minutes.filter(is_public=True)[:50]
        ),
        *(
            (
                deliverable.changed_at,
                "deliverables",
                deliverable.result,
                own + "#deliverables",
                deliverable,
            )
            for deliverable in topic_group.deliverables.filter(delivered_on__isnull=False)[:50]
        ),
        *(
            (document.added_at, "documents", document.url, own + "#documents", document)
            for document in topic_group.documents.all()[:50]
        ),
    ]
    for updated, kind, text, page, record in sorted(entries, key=itemgetter(0), reverse=True):
        made.add(
            kind,
            record.public_id,
            title=record.title,
            page=page,
            summary=" ".join(text.split())[:400],
            updated=updated,
            language=record.language,
        )
    return made.answer(request)


class GroupActionView(PeopleActionView):
    """Base of the actions in a group."""

    list_page = LIST
    object_page = ("", "groups:group")
    getter: ClassVar[Any] = access.get_group_to_run

    def get_title(self) -> Any:
        return self.group.name if self.group else ""

    @property
    def group(self) -> TopicGroup | None:
        """The group concerned; None before it exists."""
        topic_group: TopicGroup | None = getattr(self.object, "group", self.object)
        return topic_group if topic_group and topic_group.pk else None

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        group = made if isinstance(made, TopicGroup) else self.group
        return (group.public_id,) if group else ()

    def get_initial(self) -> dict[str, Any]:
        columns = {field.name for field in self.object._meta.concrete_fields}
        return {
            name: getattr(self.object, name)
            for name in self.form_class.base_fields.keys() & columns
        }


class Start(GroupActionView):
    form_class = forms.GroupForm
    service = groups.write
    heading = _("Start a topic group")
    lead = _("Everyone in the network can join with one click. Choose group leads afterwards.")
    submit_label = _("Start the group")
    success_message = _("Group started. Join it and choose its leads.")

    def get_object(self, *args: Any, **ids: Any) -> TopicGroup:
        if not rules.may_start(self.actor):
            raise NotFound("page", "groups/new")
        return TopicGroup(language=self.language, topic=self.request.GET.get("topic", "")[:24])


class Change(GroupActionView):
    """Change the mandate of a group."""

    form_class = forms.GroupForm
    service = groups.write
    heading = _("Change group details")
    success_message = _("Saved.")


class End(PeoplePostView, GroupActionView):
    getter = access.get_group_to_end
    confirmation = _("End this group?")
    consequence = _("Its pages are kept. No one else can join, and you cannot reopen the group.")
    success_message = _("The group has ended. Its pages are kept.")

    def execute(self, form: ActionForm) -> TopicGroup:
        return groups.end(self.object, **self.by)


class Join(PeoplePostView, GroupActionView):
    getter = access.get_group_to_join
    success_message = _(
        "You have joined the group. You will get new minutes by email and in the weekly digest."
    )

    def execute(self, form: ActionForm) -> Any:
        by = self.by
        teams = select.own_teams(by["actor"], by["at"])
        wanted = self.request.POST.get("team", "")
        team = next(
            (team for team in teams if team.public_id == wanted), teams[0] if teams else None
        )
        return groups.join(self.object, team=team, **by)


class Leave(PeoplePostView, GroupActionView):
    success_message = _("You have left the group.")

    def get_object(self, public_id: str) -> TopicGroup:
        return access.get_group(public_id)

    def execute(self, form: ActionForm) -> None:
        groups.leave(self.object, **self.by)


class Leads(GroupActionView):
    """Choose the leads of a group."""

    form_class = forms.LeadsForm
    service = groups.choose_leads
    heading = _("Group leads")
    lead = _("Leads write minutes, set deliverables and take on unfinished action items.")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = [
            (
                member.user.public_id,
                f"{member.user.name} ({local_name(member.organisation, self.language)})",
            )
            if member.organisation
            else (member.user.public_id, member.user.name)
            for member in select.members_of(self.object, clock.now())
            if not member.has_left
        ]
        return {"choices": {"leads": people}}

    def get_initial(self) -> dict[str, Any]:
        return {"leads": [lead.public_id for lead in select.leads_of(self.object, clock.now())]}


class WriteInGroup(WritePost):
    """Post in the discussion of a group; its leads get an email."""

    getter = staticmethod(access.get_group)

    def get_title(self) -> Any:
        return self.object.name

    def execute(self, form: Any) -> Any:
        people = select.leads_of(self.object, self.by["at"])
        return write_post(self.object, **form.as_kwargs(), people=people, **self.by)


class AddDeliverable(GroupActionView):
    """Add a deliverable with a due date."""

    form_class = forms.DeliverableForm
    service = groups.write_deliverable
    heading = _("Add a deliverable")
    lead = _("The deliverable and its due date are public. Leads get a reminder.")
    success_message = _("Saved.")

    def get_object(self, public_id: str) -> Deliverable:
        group = access.get_group_to_run(self.actor, public_id)
        return Deliverable(group=group, language=self.language)

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = Organisation.objects.order_by("name")
        named = [(row.public_id, local_name(row, self.language)) for row in rows]
        return {"choices": {"partners": named}}

    def get_initial(self) -> dict[str, Any]:
        partners = self.object.partners.all() if self.object.pk else ()
        return super().get_initial() | {"partners": [partner.public_id for partner in partners]}


class ChangeDeliverable(AddDeliverable):
    """Change a deliverable, or mark it as delivered."""

    heading = _("Edit the deliverable")

    def get_object(self, public_id: str) -> Deliverable:
        return access.get_deliverable_to_change(self.actor, public_id)


@require_safe
@missing_is_404
def text(request: HttpRequest, public_id: str) -> HttpResponse:
    """A text deliverable, with its versions and the discussion about it."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    deliverable = access.get_text(public_id)
    wanted = request.GET.get("version", "")[:5]
    if wanted and not (wanted.isascii() and wanted.isdecimal()):
        raise NotFound("version", wanted)
    page = select.text_page(deliverable, actor, language, int(wanted) if wanted else None)
    discussion = discussion_of(
        DiscussedKind.DELIVERABLE, public_id, actor, language, number=page_number(request)
    )
    return render(request, "groups/text.html", page | {"discussion": discussion})


class WriteText(GroupActionView):
    """Write the next version of a text deliverable, or translate the newest one."""

    form_class = forms.TextForm
    getter = access.get_deliverable_to_change
    service = groups.write_text
    heading = _("Write the text")
    lead = _(
        "If you write in the language of the deliverable, you create a new version. In "
        "another language, you translate the latest version. Earlier versions are kept."
    )
    success_message = _("Text saved. Anyone can read and discuss it.")

    def get_initial(self) -> dict[str, Any]:
        rows = list(self.object.texts.all())
        newest = rows[0].number if rows else 0
        wanted = self.request.GET.get("in", self.object.language)
        of = {row.language: row for row in rows if row.number == newest}
        current_text = of.get(wanted)
        return {
            "seen": newest,
            "language": wanted,
            "title": current_text.title if current_text else self.object.title,
            "body": current_text.body if current_text else "",
        }

    def get_success_url(self, made: Any = None) -> str:
        return (
            reverse("groups:text", args=[self.object.public_id])
            if made
            else super().get_success_url()
        )


class WriteOnText(WritePost):
    """Post about a text deliverable; the leads of the group get an email."""

    getter = staticmethod(access.get_text)

    def get_title(self) -> Any:
        return self.object.title

    def execute(self, form: Any) -> Any:
        people = select.leads_of(self.object.group, self.by["at"])
        return write_post(self.object, **form.as_kwargs(), people=people, **self.by)


class AddDocument(GroupActionView):
    """Add a document by its address, or as a file."""

    form_class = forms.DocumentForm
    service = groups.add_document
    heading = _("Add a document")
    lead = _(
        "The document will be public. Keep documents that are only for the group in "
        "a place that requires sign-in."
    )
    success_message = _("The document has been added.")

    def get_object(self, public_id: str) -> GroupDocument:
        group = access.get_group(public_id)
        if not rules.is_in_network(self.actor):
            raise NotFound("topic group", public_id)
        return GroupDocument(group=group, language=self.language)


@require_safe
@missing_is_404
def document_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file of a document."""
    document = access.get_document_file(public_id)
    path = groups.FILES.path_of(document.sha256)
    if not path.is_file():
        raise NotFound("document", public_id)
    return download(
        path, media_type=document.media_type, file_name=document.file_name, is_public=True
    )


class RemoveDocument(PeoplePostView, GroupActionView):
    getter = access.get_document_to_remove
    confirmation = _("Delete this document?")
    consequence = _("You cannot get it back. You would have to add it again.")
    success_message = _("The document has been deleted.")

    def execute(self, form: ActionForm) -> None:
        groups.remove_document(self.object, **self.by)


class WriteMinutes(GroupActionView):
    """Write the minutes of a meeting of a group."""

    form_class = forms.MinutesForm
    service = minutes.write
    created_page = ("groups:minutes", False)
    heading = _("Write minutes")
    lead = _(
        "Use this form to record the summary, decisions and action items with owners and due dates."
    )
    success_message = _("Minutes saved. Everyone with an action item gets an email.")
    #: Further people who can own an action item: the participants of the meeting.
    also: QuerySet[User] | None = None

    def get_object(self, public_id: str) -> Minutes:
        group = access.get_group_to_run(self.actor, public_id)
        return Minutes(group=group, language=self.language, held_on=clock.today())

    def get_form_kwargs(self) -> dict[str, Any]:
        about: Minutes = self.object
        items: list[ActionItem] = []
        rows: dict[str, Any] = {}
        if about.pk:
            items = list(about.actions.select_related("owner", "organisation"))
            rows = {
                "decisions": _lines(about.decisions.all()),
                "lessons": _lines(about.lessons.all()),
                "actions": [
                    {
                        "id": item.public_id,
                        "text": item.text,
                        "due_on": item.due_on,
                        "who": _owner(item),
                    }
                    for item in items
                ],
            }
        people = select.owner_choices(
            about.group, about.organisation, self.language, also=self.also, at=clock.now()
        )
        return {"people": _with_owners(people, items, self.language), "rows": rows}


class ChangeMinutes(WriteMinutes):
    """Change minutes; completed action items are not changed."""

    heading = _("Change the minutes")
    lead = _("To remove a row, clear its fields. Completed action items stay as they are.")

    def get_object(self, public_id: str) -> Minutes:
        return access.get_minutes_to_write(self.actor, public_id)


def _lines(rows: Any) -> list[dict[str, str]]:
    return [{"id": row.public_id, "text": row.text} for row in rows]


def _owner(item: ActionItem) -> str:
    """The owner's value in the form; empty if the owner has left."""
    if item.owner is not None:
        return f"{PERSON} {item.owner.public_id}"
    return (
        ""
        if item.had_owner or item.organisation is None
        else f"{TEAM} {item.organisation.public_id}"
    )


def _with_owners(
    people: list[tuple[str, str]], items: list[ActionItem], language: str
) -> list[tuple[str, str]]:
    """The choices, including the present owners."""
    known = dict(people)
    for item in items:
        name = (
            item.owner.name
            if item.owner
            else local_name(item.organisation, language)
            if item.organisation
            else ""
        )
        if _owner(item) and _owner(item) not in known:
            known[_owner(item)] = name
    return list(known.items())


class ItemActionView(PeopleActionView):
    """Base of the actions on an action item."""

    list_page = (_("Action items"), "groups:actions")
    object_page = ("", "groups:minutes")
    getter = access.get_action

    def get_title(self) -> Any:
        return self.object.minutes.title

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.object.minutes.public_id,)

    def get_context_data(self) -> dict[str, Any]:
        return {"lead": self.object.text}


class Settle(ItemActionView):
    """Mark an action item as done."""

    form_class = forms.SettleForm
    service = actions.settle
    heading = _("Mark the action item as done")
    submit_label = _("Mark as done")
    success_message = _("Thank you. The action item is done.")

    def get_initial(self) -> dict[str, Any]:
        return {"result": self.object.result}


class HandOver(ItemActionView):
    """Reassign an action item, or change its due date."""

    form_class = forms.HandOverForm
    service = actions.hand_over
    heading = _("Hand over the action item or change the due date")
    success_message = _("Saved. The new owner gets an email.")

    def get_form_kwargs(self) -> dict[str, Any]:
        about = self.object.minutes
        people = select.owner_choices(
            about.group, about.organisation, self.language, at=clock.now()
        )
        people = [("", "–"), *_with_owners(people, [self.object], self.language)]
        return {"choices": {"who": people}}

    def get_initial(self) -> dict[str, Any]:
        return {"who": _owner(self.object), "due_on": self.object.due_on}
