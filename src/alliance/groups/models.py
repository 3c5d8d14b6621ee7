"""Topic groups, what they deliver, and the minutes of meetings with what follows from them.

**Other rooms hang a meeting of their own on `Minutes`:** they point at it from their side, as with
`minutes = models.OneToOneField(Minutes, null=True, blank=True, on_delete=models.SET_NULL,
related_name="workshop")`, and write it with `services.minutes.write`. Minutes belong to a group, to
the team that held the meeting (`organisation`), or to both: the leads of the group, the editors of
the team and the secretariat write them. Decisions, action items and lessons hang on the minutes and
never on the meeting, so that one list and one reminder serve all meetings.
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
    """People of several cities who work on a topic; one of the four topics has one group at most.

    A group of one of the four topics may go without a title: it is called after the topic. Point at
    it with `models.ForeignKey(TopicGroup, null=True, blank=True, on_delete=models.SET_NULL)`.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    topic = models.CharField(max_length=24, choices=Topic, blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="")
    mandate = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    # The mandate in other languages by their codes, as the starter has it; gone once it is changed.
    mandate_in = models.JSONField(default=dict, blank=True)
    # Made up for a demonstration, and says so.
    is_synthetic = models.BooleanField(default=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Since when it works no more; its pages stay.
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
        """What it is called, in the language in use where it is called after a topic."""
        return str(self)

    @property
    def localised_mandate(self) -> tuple[str, str]:
        """The mandate with its language: that in use where there is one."""
        language = get_language() or ""
        own = self.mandate_in.get(language)
        return (own, language) if own else (self.mandate, self.language)

    @property
    def name_language(self) -> str:
        """The language of its own title; empty where it is called after a topic."""
        return self.language if self.title else ""


class GroupMembers(models.QuerySet["GroupMember"]):
    """Members of groups that are asked for together."""

    def in_team(self, at: dt.datetime) -> GroupMembers:
        """Those who are still in the team that they take part for, or take part for none."""
        there = Membership.objects.filter(
            in_force(at), user=OuterRef("user"), organisation=OuterRef("organisation")
        )
        return self.filter(Q(organisation=None) | Exists(there), user__is_active=True)

    def leading(self, at: dt.datetime) -> GroupMembers:
        """Those who lead: who left her team no longer does."""
        return self.in_team(at).filter(role=GroupRole.LEAD)


class GroupMember(models.Model):
    """A person who takes part in a group, for a team of hers. She leaves with her account."""

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
    """What a group means to deliver by a day, and whether it did.

    `call`, `partners` and `funded` are for proposals for funding: `due_on` is the day of the call.
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
    """A version of a deliverable that is a text: everybody reads and discusses it here.

    A new `number` is made in the language of the deliverable, with what changed; the other
    languages follow it under the same number.
    """

    deliverable = models.ForeignKey(Deliverable, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=160)
    body = models.TextField()
    changed = models.CharField(max_length=300, blank=True, default="")
    # Compiled by the editors of the starter, and not yet written on by the group.
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
    """A document that a group works with, by its address or as a file; everybody may read it."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    group = models.ForeignKey(TopicGroup, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=160)
    language = models.CharField(max_length=2, choices=Language)
    url = models.CharField(max_length=500, blank=True, default="")
    # Of a file; empty where it has an address.
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
    """What was said at a meeting of a group, or at one that a team held; see above for others.

    `is_public`: everybody may read them with their decisions, action items and lessons, without the
    names of people; else members of the network.
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
    """One line of minutes, in their language."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        abstract = True
        ordering = ["minutes", "number", "id"]

    def __str__(self) -> str:
        return self.text


class Decision(_Line):
    """What was decided at a meeting. On a thread it stands among decisions (`adoption`)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="decisions")


class Lesson(_Line):
    """What was learned at a meeting: the list of a group is what a report reads."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="lessons")


class ActionItem(_Line):
    """Who does what until when. Without an owner it is for the editors of `organisation`.

    An owner who leaves her team or the platform leaves it to the leads of the group.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="actions")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="action_items",
    )
    # Whether somebody was named: with her account the name goes, and this stays.
    had_owner = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    # Since when it is the turn of those named.
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    # Its result.
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
        """Whether its day is over and it is not done."""
        return self.done_at is None and self.due_on < today
