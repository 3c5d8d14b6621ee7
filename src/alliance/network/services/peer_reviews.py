"""Peer reviews: request, join, plan, report, follow up after 6 and 12 months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network import needs_offers_rules
from alliance.network import peer_review_rules as rules
from alliance.network import rules as network_rules
from alliance.network.addressees import editors_of, editors_or_secretariat
from alliance.network.addresses import page_address
from alliance.network.days import months_later
from alliance.network.enums import FollowUpMonths, Language, PeerReviewState, Progress, Topic
from alliance.network.localise import local_name
from alliance.network.models import (
    City,
    FollowUp,
    Organisation,
    PeerReview,
    PeerReviewer,
    Recommendation,
)
from alliance.network.services.needs_offers import check_may_speak
from alliance.network.text_checks import choice_faults, text_faults

_note = audit.noting("peer review", city="city.public_id")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_FUNCTION, LONGEST_ADVICE = 160, 8_000, 120, 1_000
MOST_RECOMMENDATIONS = 15
#: How long before a follow-up is due its host is reminded.
REMIND_BEFORE = dt.timedelta(days=14)


def request_review(
    host: Organisation,
    *,
    title: str,
    question: str,
    language: str,
    topic: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> PeerReview:
    """Request a peer review by other cities; the same values again return the existing request.

    Raises InvalidData, NotAllowed.
    """
    check_may_speak(actor, host)
    faults = text_faults("title", title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("question", question, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", language, Language.values)
    faults += choice_faults("topic", topic, Topic.values) if topic else []
    refuse(faults)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=host.pk)
        present = PeerReview.objects.filter(
            host=host,
            title=title.strip(),
            question=question.strip(),
            state=PeerReviewState.REQUESTED,
        ).first()
        if present is not None:
            return present
        review = PeerReview(
            host=host,
            city=host.city,
            title=title.strip(),
            question=question.strip(),
            language=language,
            topic=topic,
            requested_by=actor.user,
            requested_at=at,
        )
        review.full_clean(validate_constraints=False)
        review.save()
        _note(review, "request", actor=actor, at=at)
    return review


def _locked(review: PeerReview) -> PeerReview:
    rows = PeerReview.objects.select_for_update(of=("self",)).select_related("host__city", "city")
    return rows.get(pk=review.pk)


def _must_be(review: PeerReview, *states: PeerReviewState) -> None:
    if review.state not in states:
        state = PeerReviewState(review.state).label
        raise NotAllowed(
            _("The status of the peer review has changed: %(state)s.") % {"state": state}
        )


def _must_host(actor: audit.Actor, review: PeerReview) -> None:
    if not rules.is_host(actor, review):
        raise NotAllowed(
            _("You need to be an editor of the municipality that requested the review to do this.")
        )


def join(
    review: PeerReview,
    organisation: Organisation,
    *,
    function: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> PeerReviewer:
    """Join as a reviewing city, once; the host gets an email. Raises InvalidData, NotAllowed."""
    faults = text_faults("function", function, longest=LONGEST_FUNCTION)
    check_may_speak(actor, organisation)
    with transaction.atomic():
        current = _locked(review)
        _must_be(current, PeerReviewState.REQUESTED, PeerReviewState.PLANNED)
        if organisation.city_id == current.city_id:
            raise NotAllowed(_("A city cannot review itself."))
        present = current.reviewers.filter(city=organisation.city).first()
        if present is not None:
            return present
        if current.reviewers.count() >= rules.MOST_REVIEWERS:
            faults.append(Fault("team", "cities-enough", {"n": rules.MOST_REVIEWERS}))
        refuse(faults)
        reviewer = PeerReviewer.objects.create(
            review=current,
            organisation=organisation,
            city=needs_offers_rules.city_of(organisation),
            person=actor.user,
            function=function.strip(),
            joined_at=at,
        )
        _note(current, "join", actor=actor, at=at, reviewer=reviewer.city.public_id)
        _notify_host(current, "peer_review_joined", at=at, reviewer=reviewer.city)
    return reviewer


def leave(
    review: PeerReview, organisation: Organisation, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Leave a peer review, as long as nothing is reported."""
    check_may_speak(actor, organisation)
    with transaction.atomic():
        current = _locked(review)
        _must_be(current, PeerReviewState.REQUESTED, PeerReviewState.PLANNED)
        gone, _models = current.reviewers.filter(organisation=organisation).delete()
        if gone:
            _note(current, "leave", actor=actor, at=at, reviewer=organisation.public_id)


def plan(
    review: PeerReview,
    *,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    actor: audit.Actor,
    at: dt.datetime,
) -> PeerReview:
    """Set or change the dates of the visit; the reviewing cities get an email.

    Raises InvalidData naming `starts_on` or `ends_on`, NotAllowed.
    """
    with transaction.atomic():
        current = _locked(review)
        _must_host(actor, current)
        _must_be(current, PeerReviewState.REQUESTED, PeerReviewState.PLANNED)
        faults = []
        if starts_on is None:
            faults.append(Fault("starts_on", "missing"))
        if ends_on is None:
            faults.append(Fault("ends_on", "missing"))
        if starts_on and ends_on and ends_on < starts_on:
            faults.append(Fault("ends_on", "visit-ends-first"))
        if not current.reviewers.exists():
            faults.append(Fault("starts_on", "no-reviewer"))
        refuse(faults)
        if (current.starts_on, current.ends_on) == (starts_on, ends_on):
            return current
        current.starts_on, current.ends_on = starts_on, ends_on
        current.state = PeerReviewState.PLANNED
        current.save(update_fields=["starts_on", "ends_on", "state"])
        _note(current, "plan", actor=actor, at=at, starts_on=str(starts_on), ends_on=str(ends_on))
        _notify_reviewers(current, "peer_review_planned", at=at)
    return current


def write_report(
    review: PeerReview,
    *,
    findings: str,
    language: str,
    recommendations: Sequence[str],
    publish: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> PeerReview:
    """Save findings and recommendations, visible to the participants; with `publish` to everybody,
    once the visit has begun. The follow-ups are then due 6 and 12 months after its end.

    Raises InvalidData, NotAllowed.
    """
    faults = text_faults("findings", findings, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", language, Language.values)
    advice = [text.strip() for text in recommendations if text.strip()]
    for place, text in enumerate(advice):
        faults += text_faults(f"recommendations[{place}]", text, longest=LONGEST_ADVICE)
    if len(advice) > MOST_RECOMMENDATIONS:
        faults.append(Fault("recommendations", "too-many", {"most": MOST_RECOMMENDATIONS}))
    if publish and not advice:
        faults.append(Fault("recommendations", "no-advice"))
    with transaction.atomic():
        current = _locked(review)
        reviewers = list(current.reviewers.select_related("organisation__city", "city"))
        if rules.reviewing_as(actor, reviewers) is None:
            raise NotAllowed(_("Only the reviewing cities can write the report."))
        _must_be(current, PeerReviewState.PLANNED)
        if publish and current.starts_on and current.starts_on > at.date():
            faults.append(Fault("publish", "visit-not-begun"))
        refuse(faults)
        current.findings, current.findings_language = findings.strip(), language
        if publish:
            current.state, current.reported_at = PeerReviewState.REPORTED, at
            current.reported_by_id = actor.user.pk if actor.user else None
        current.save()
        current.recommendations.all().delete()
        Recommendation.objects.bulk_create(
            Recommendation(review=current, number=number, text=text)
            for number, text in enumerate(advice, start=1)
        )
        if publish:
            _begin_follow_ups(current)
            _notify_host(current, "peer_review_reported", at=at)
        _note(current, "report" if publish else "write report", actor=actor, at=at)
    return current


def _begin_follow_ups(review: PeerReview) -> None:
    assert review.ends_on is not None, "what is planned has its days"
    FollowUp.objects.bulk_create(
        FollowUp(review=review, months=months, due_on=months_later(review.ends_on, months))
        for months in FollowUpMonths.values
    )


def publish_follow_up(
    review: PeerReview,
    months: int,
    *,
    result: str,
    language: str,
    progress: Mapping[int, str],
    actor: audit.Actor,
    at: dt.datetime,
) -> FollowUp:
    """Publish the host's follow-up on each recommendation, once for each of the two dates.

    It may be early. The review is closed with the last follow-up. Raises InvalidData naming
    `months`, `result`, `language` or `progress[NUMBER]`, NotAllowed.
    """
    faults = text_faults("result", result, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", language, Language.values)
    with transaction.atomic():
        current = _locked(review)
        _must_host(actor, current)
        follow_up = current.follow_ups.filter(months=months).first()
        if follow_up is None:
            raise InvalidData([Fault("months", "no-follow-up")])
        if follow_up.published_at is not None:
            raise NotAllowed(_("This follow-up has been published and can no longer be changed."))
        numbers = list(current.recommendations.values_list("number", flat=True))
        for number in numbers:
            if progress.get(number) not in Progress.values:
                faults.append(Fault(f"progress[{number}]", "no-progress", {"n": number}))
        refuse(faults)
        follow_up.result, follow_up.language = result.strip(), language
        follow_up.progress = {str(number): progress[number] for number in numbers}
        follow_up.published_at = at
        follow_up.published_by_id = actor.user.pk if actor.user else None
        follow_up.save()
        if not current.follow_ups.filter(published_at=None).exists():
            current.state, current.ended_at = PeerReviewState.CLOSED, at
            current.save(update_fields=["state", "ended_at"])
        _note(current, "follow up", actor=actor, at=at, months=months)
        _notify_reviewers(current, "peer_review_followed_up", at=at)
    return follow_up


def cancel(review: PeerReview, *, because: str, actor: audit.Actor, at: dt.datetime) -> PeerReview:
    """Cancel a review before its report, with a reason; the reviewing cities get an email.

    The host and the secretariat may. Raises InvalidData, NotAllowed.
    """
    faults = text_faults("because", because, required=True, longest=LONGEST_ADVICE)
    with transaction.atomic():
        current = _locked(review)
        if not network_rules.is_secretariat(actor):
            _must_host(actor, current)
        _must_be(current, PeerReviewState.REQUESTED, PeerReviewState.PLANNED)
        refuse(faults)
        current.state, current.ended_at = PeerReviewState.CANCELLED, at
        current.cancelled_because = because.strip()
        current.save(update_fields=["state", "ended_at", "cancelled_because"])
        _note(current, "cancel", actor=actor, at=at)
        _notify_reviewers(current, "peer_review_cancelled", at=at)
    return current


def remind_of_follow_ups(*, at: dt.datetime) -> int:
    """Email hosts whose follow-up is due within two weeks, and again once it is overdue; returns
    the number of follow-ups. Each email is sent once; to the secretariat if a host has no editor.
    """
    today, total = at.date(), 0
    due = FollowUp.objects.filter(published_at=None, due_on__lte=today + REMIND_BEFORE)
    for follow_up in due.select_related("review__host__city", "review__city").order_by("pk"):
        is_over = follow_up.due_on < today
        field = "overdue_told_at" if is_over else "reminded_at"
        with transaction.atomic():
            # Marked before it is sent, so that no second worker sends it too.
            if not FollowUp.objects.filter(pk=follow_up.pk, **{field: None}).update(**{field: at}):
                continue
            name = "peer_review_overdue" if is_over else "peer_review_due"
            _notify_host(
                follow_up.review, name, at=at, months=follow_up.months, due_on=follow_up.due_on
            )
            total += 1
    return total


def _notify_host(
    review: PeerReview,
    letter: str,
    *,
    reviewer: City | None = None,
    at: dt.datetime,
    **context: Any,
) -> None:
    for person in editors_or_secretariat(review.host, at=at)[0]:
        write_letter(
            letter,
            person,
            title=review.title,
            city=local_name(review.city, person.language),
            reviewer=local_name(reviewer, person.language) if reviewer else "",
            url=page_address("network:peer-review", person.language, review.public_id),
            **context,
        )


def _notify_reviewers(review: PeerReview, letter: str, *, at: dt.datetime) -> None:
    for reviewer in review.reviewers.select_related("organisation"):
        for person in editors_of(reviewer.organisation, at=at):
            write_letter(
                letter,
                person,
                title=review.title,
                city=local_name(review.city, person.language),
                starts_on=review.starts_on,
                ends_on=review.ends_on,
                url=page_address("network:peer-review", person.language, review.public_id),
            )
