"""What a need and an offer have in common, and in which order matches stand."""

from __future__ import annotations

import dataclasses
import datetime as dt

from alliance.network.matching import Profile, Reason, match, matches

DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
NEED = Profile(
    "need",
    "lund",
    "SE",
    DAY,
    topic="equity",
    themes=frozenset({"mobility", "health"}),
    sdg_targets=frozenset({"11.2"}),
    languages=frozenset({"sv"}),
    size="100k-300k",
    climate="C",
)


def offer(public_id: str = "offer", **changes: object) -> Profile:
    base = Profile(public_id, "grenoble", "FR", DAY, themes=frozenset({"mobility"}))
    return dataclasses.replace(base, **changes)


def test_every_reason_is_told_with_its_codes() -> None:
    found = match(
        NEED,
        offer(
            topic="equity",
            sdg_targets=frozenset({"11.2", "13.1"}),
            languages=frozenset({"fr", "sv"}),
            size="100k-300k",
            climate="C",
            country="SE",
        ),
    )
    assert found is not None
    assert found.matter == (
        Reason("theme", ("mobility",)),
        Reason("topic", ("equity",)),
        Reason("sdg", ("11.2",)),
    )
    assert [one.kind for one in found.around] == ["size", "climate", "language", "country"]
    assert found.unknown == ()


def test_what_the_cities_share_makes_no_match_without_the_matter() -> None:
    like = offer(themes=frozenset({"waste"}), size="100k-300k", climate="C", country="SE")
    assert match(NEED, like) is None


def test_a_topic_that_neither_chose_is_nothing_in_common() -> None:
    bare = dataclasses.replace(NEED, topic="", themes=frozenset(), sdg_targets=frozenset())
    assert match(bare, offer(topic="", themes=frozenset())) is None


def test_a_city_does_not_match_itself() -> None:
    assert match(NEED, offer(city="lund")) is None


def test_what_is_not_recorded_is_unknown_and_not_different() -> None:
    found = match(NEED, offer())
    assert found is not None
    assert found.unknown == ("size", "climate", "language")
    assert found.around == ()


def test_recorded_and_different_is_neither_shared_nor_unknown() -> None:
    found = match(NEED, offer(size="over-1m", climate="D", languages=frozenset({"fr"})))
    assert found is not None
    assert (found.around, found.unknown) == ((), ())


def test_the_order_is_fixed() -> None:
    later = DAY + dt.timedelta(days=1)
    two_kinds = offer("d", topic="equity")
    two_themes = offer("c", themes=frozenset({"mobility", "health"}))
    near = offer("e", climate="C", stated_at=later)
    first, second, third = offer("a"), offer("b"), offer("z", stated_at=later)
    given = [third, second, first, near, two_themes, two_kinds]
    expected = [two_kinds, two_themes, near, first, second, third]
    for order in (given, given[::-1]):
        assert [one.other for one in matches(NEED, order)] == expected
