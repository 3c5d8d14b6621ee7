"""Texts to begin a process with: the same in each language, and nothing in brackets goes out."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.core.errors import InvalidData
from alliance.network.enums import Language
from alliance.participation import starting
from alliance.participation.models import LONGEST_CAP, Process
from alliance.participation.services import processes as services
from tests.factories.knowledge import lay_ground
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db
TOPICS = [topic for topic, _name in starting.topics("en")]
LONGEST = {
    "title": services.LONGEST_TITLE,
    "summary": services.LONGEST_SUMMARY,
    "decides_who": services.LONGEST_NAME,
}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_says_the_same_in_each_language_and_fits_its_fields(topic: str) -> None:
    texts = [starting.texts_of(topic, language) for language in Language.values]
    assert len({frozenset(one) for one in texts}) == 1
    assert len({len(one["seeds"]) for one in texts}) == 1
    for one in texts:
        assert all(len(one[name]) <= most for name, most in LONGEST.items())
        assert all(len(seed) <= 140 <= LONGEST_CAP and not starting.gaps(seed)
                   for seed in one["seeds"])  # fmt: skip
        assert starting.gaps(one["decides_who"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In [name of the street], [year].", ["[name of the street]", "[year]"]),
        ("Se [1], [12] och [en sida](https://example.org).", []),
        ("Le budget de [montant].", ["[montant]"]),
    ],
)
def test_what_is_to_be_put_in_stands_in_brackets(text: str, found: list[str]) -> None:
    assert starting.gaps(text) == found


def test_three_screens_begin_with_texts_and_open_once_nothing_is_in_brackets(client) -> None:
    lay_ground()
    elin = person("Elin")
    lund = team("lund")
    join(elin, lund)
    client.force_login(elin)

    def form_of(address: str) -> dict[str, str]:
        fields = client.get(address).context["form"]
        return {one.html_name: one.value() or "" for one in fields.all_fields()}

    address = f"/sv/take-part/new?team={lund.public_id}"
    assert f"?team={lund.public_id}&amp;from=park" in client.get(address).content.decode()
    asked = form_of(f"{address}&from=park")
    assert asked["title"] == "Hur ska [platsens namn] vara?"
    answer = client.post(f"{address}&from=park", asked)
    process = Process.objects.get()
    assert answer.url == f"/sv/take-part/{process.public_id}/promise?from=park"
    promised = form_of(answer.url)
    assert promised["not_open"].startswith("Budgeten på [belopp].")
    day = dt.date.today() + dt.timedelta(days=60)
    answer = client.post(answer.url, promised | {"decides_by": day, "answers_by": day})
    prepared = form_of(answer.url)
    assert "[antal]" in prepared["background"]
    rows = {
        "phases-0-kind": "write-and-vote",
        "phases-0-opens_on": dt.date.today(),
        "phases-0-closes_on": dt.date.today() + dt.timedelta(days=20),
    }
    sent = {name: value for name, value in prepared.items() if not name.startswith("phases-")}
    answer = client.post(answer.url, sent | rows)
    assert answer.url == f"/sv/take-part/{process.public_id}/seeds?from=park"
    answer = client.post(answer.url, form_of(answer.url))
    assert process.contributions.count() == 8

    by = {"actor": acting(elin), "at": services.dt.datetime.now(dt.UTC)}
    with pytest.raises(InvalidData) as raised:
        services.open_process(process, **by)
    missing = {one.code for one in raised.value.faults}, {one.where for one in raised.value.faults}
    assert missing == (
        {"before-opening"},
        {"title", "summary", "easy_read", "decides_who", "not_open", "background"},
    )
    process.refresh_from_db()
    for name in ("title", "summary", "easy_read", "decides_who", "not_open", "background"):
        text = getattr(process, name)
        for gap in starting.gaps(text):
            text = text.replace(gap, "Stortorget")
        setattr(process, name, text)
    process.save()
    services.open_process(process, **by)
    page = client.get(f"/sv/take-part/{process.public_id}/manage/").content.decode()
    assert "Hur ska Stortorget vara?" in page and f"/sv/take-part/{process.public_id}/" in page
