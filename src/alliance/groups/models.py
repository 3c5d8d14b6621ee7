"""Topic groups, their deliverables, and minutes of meetings with decisions and action items.

**Other apps link a meeting of their own to `Minutes`** with a field on their side, such as `minutes
= models.OneToOneField(Minutes, null=True, blank=True, on_delete=models.SET_NULL,
related_name="workshop")`, and write it with `services.minutes.write`. Minutes belong to a group, to
the team that held the meeting (`organisation`), or to both: the leads of the group, the editors of
the team and the secretariat write them. Decisions, action items and lessons belong to the minutes
and never to the meeting, so that one list and one reminder serve all meetings.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from alliance.core.ids import new_public_id
from alliance.groups.enums import DeliverableKind, Funded, GroupRole
from alliance.network.access import in_force
from alliance.network.enums import Language, Topic
from alliance.network.models import Membership, Organisation

_PERSON: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.SET_NULL,
    "related_name": "+",
}


class TopicGroup(models.Model):
    """People of several cities who work on a topic; each of the four topics has at most one group.

    A group of one of the four topics may have no title: its name is that of the topic. Refer to it
    with `models.ForeignKey(TopicGroup, null=True, blank=True, on_delete=models.SET_NULL)`.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="")
    mandate = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    # Translations of the mandate by language, from the starter; deleted when the mandate is
    # changed.
    mandate_in = models.JSONField(default=dict, blank=True)
    # Synthetic, for a demonstration, and labelled as such.
    is_synthetic = models.BooleanField(default=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Since when the group is closed; its pages stay.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic"],
                condition=Q(ended_at=None) & ~Q(topic=""),
                name="topic_group_once_a_topic",
            ),
            models.CheckConstraint(
                condition=~Q(topic="") | ~Q(title=""), name="topic_group_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(Topic(self.topic).label)

    @property
    def name(self) -> str:
        """The name, in the active language if it is that of a topic."""
        return str(self)

    @property
    def localised_mandate(self) -> tuple[str, str]:
        """The mandate with its language: the active one if there is a translation."""
        language = get_language() or ""
        own = self.mandate_in.get(language)
        return (own, language) if own else (self.mandate, self.language)

    @property
    def name_language(self) -> str:
        """The language of its own title; empty if it has none."""
        return self.language if self.title else ""


class GroupMembers(models.QuerySet["GroupMember"]):
    def in_team(self, at: dt.datetime) -> GroupMembers:
        """Members who are still in the team for which they joined, or who joined for none."""
        there = Membership.objects.filter(
            in_force(at), user=OuterRef("user"), organisation=OuterRef("organisation")
        )
        return self.filter(Q(organisation=None) | Exists(there), user__is_active=True)

    def leading(self, at: dt.datetime) -> GroupMembers:
        """The leads, except those who have left their team."""
        return self.in_team(at).filter(role=GroupRole.LEAD)


class GroupMember(models.Model):
    """A person's membership in a group, for one of her teams. It is deleted with her account."""

    group = models.ForeignKey(TopicGroup, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="topic_groups"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=8, choices=GroupRole, default=GroupRole.MEMBER)
    since = models.DateTimeField()

    objects = GroupMembers.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"


class Deliverable(models.Model):
    """A deliverable of a group with a due date, and whether it was delivered.

    `call`, `partners` and `funded` are for funding proposals: `due_on` is the deadline of the call.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(TopicGroup, on_delete=models.CASCADE, related_name="deliverables")
    kind = models.CharField(max_length=10, choices=DeliverableKind, default=DeliverableKind.REPORT)
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=Language)
    due_on = models.DateField()
    call = models.CharField(max_length=200, blank=True, default="")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="+")
    funded = models.CharField(max_length=8, choices=Funded, blank=True, default="")
    delivered_on = models.DateField(null=True, blank=True)
    # What was delivered, in a sentence, and where it is.
    result = models.TextField(blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    stated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"), name="deliverable_https"
            ),
            models.CheckConstraint(
                condition=Q(kind=DeliverableKind.FUNDING) | Q(call="", funded=""),
                name="deliverable_call_of_proposals",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DeliverableText(models.Model):
    """A version of a text deliverable, public and open for discussion.

    A new `number` starts in the language of the deliverable, with a note on what changed;
    translations follow with the same number.
    """

    deliverable = models.ForeignKey(Deliverable, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=160)
    body = models.TextField()
    changed = models.CharField(max_length=300, blank=True, default="")
    # Compiled by the editors of the starter, and not yet edited by the group.
    is_starter = models.BooleanField(default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliverable", "number", "language"], name="deliverable_text_once"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="deliverable_text_in_words"),
        ]

    def __str__(self) -> str:
        return self.title


class GroupDocument(models.Model):
    """A document of a group, by its address or as a file; it is public."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(TopicGroup, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=Language)
    url = models.CharField(max_length=500, blank=True, default="")
    # For a file; empty if it has an address.
    file_name = models.CharField(max_length=160, blank=True, default="")
    media_type = models.CharField(max_length=100, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "url"], condition=~Q(url=""), name="group_document_url_once"
            ),
            models.UniqueConstraint(
                fields=["group", "sha256"], condition=~Q(sha256=""), name="group_document_file_once"
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="https://", sha256="") | Q(url="") & ~Q(sha256=""),
                name="group_document_url_or_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Minutes(models.Model):
    """The minutes of a meeting of a group or a team; see above for other meetings.

    `is_public`: public with their decisions, action items and lessons, without the names of people;
    else visible to members of the network.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(
        TopicGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="minutes"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=160)
    held_on = models.DateField()
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, choices=Language)
    is_public = models.BooleanField(default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-id"]
        verbose_name_plural = "minutes"
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=False) | Q(organisation__isnull=False),
                name="minutes_of_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.title


class _Line(models.Model):
    """A line of minutes, in their language."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        abstract = True
        ordering = ["minutes", "number", "id"]

    def __str__(self) -> str:
        return self.text


class Decision(_Line):
    """A decision of a meeting. In a thread it is listed among decisions (`adoption`)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="decisions")


class Lesson(_Line):
    """A lesson from a meeting; reports read the lessons of a group."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="lessons")


class ActionItem(_Line):
    """A task with a due date. Without an owner it is for the editors of `organisation`.

    If the owner leaves her team or the platform, the leads of the group have to reassign it.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="actions")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="action_items",
    )
    # Whether a person was named: the name is deleted with her account, and this stays.
    had_owner = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    # Since when the present owner has it.
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    result = models.TextField(blank=True, default="")

    class Meta(_Line.Meta):
        indexes = [models.Index(fields=["done_at", "due_on"], name="action_item_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(had_owner=True), name="action_item_had_owner"
            ),
            models.CheckConstraint(
                condition=Q(had_owner=True) | Q(organisation__isnull=False),
                name="action_item_of_somebody",
            ),
        ]

    def is_overdue(self, today: dt.date) -> bool:
        """Whether it is past its due date and not done."""
        return self.done_at is None and self.due_on < today
