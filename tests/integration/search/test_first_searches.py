"""Many people search at once, right after a start: each is answered, and by the right words."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.factories.knowledge import lay_ground, make_case

# The threads change places as often as they can, so that what they share is met half-way.
SEARCHES = """
import json, sys, threading
import django
django.setup()
from django.db import connection
from django.test import Client
from alliance.search.glossary import GLOSSARY_FILE
from alliance.search.tokens import LANGUAGES, bare, stem, words

QUERIES = [
    f"{one} {other}" for one, other in zip(
        "congestion charging neighbourhoods organisations electrification municipalities "
        "generations sustainability transportation trängselavgifter cykelvägarna "
        "lägenhetsrenoveringar kollektivtrafiken tarification stationnement rénovations "
        "mobilités".split(),
        "participatory budgeting relational communities pedestrianisation measurements "
        "accessibility decarbonisation regenerative försöksverksamheten parkeringsplatserna "
        "energieffektiviseringar medborgardialogerna logements écologiques quartiers "
        "intercommunales".split(),
        strict=True,
    )
]
assert len(QUERIES) == 17
together, answers = threading.Barrier(len(QUERIES)), []

def search(number, text):
    client = Client(raise_request_exception=False)
    together.wait()
    answers.append(client.get(f"/{LANGUAGES[number % 3]}/find", {"q": text}).status_code)
    connection.close()

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=search, args=numbered) for numbered in enumerate(QUERIES)]
for thread in threads: thread.start()
for thread in threads: thread.join()
kept = " ".join([*QUERIES, GLOSSARY_FILE.read_text(encoding="utf-8")])
wrong = [
    (word, language)
    for language in LANGUAGES
    for word in sorted({bare(one, language) for one in words(kept) if one})
    if stem(word, language) != stem.__wrapped__(word, language)
]
print(json.dumps({"answers": answers, "wrong": wrong}))
"""


@pytest.mark.slow
@pytest.mark.all
def test_the_first_searches_of_a_process_do_not_disturb_each_other(
    shared_environment: dict[str, str],
) -> None:
    lay_ground()
    make_case("Lund")
    done = subprocess.run(
        [sys.executable, "-c", SEARCHES],
        env=shared_environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["answers"] == [200] * 17, done.stderr
    assert told["wrong"] == []
