"""Another network, as tests play it: it publishes contents of cases in a signed feed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alliance.core.text import canonical_json, digest, plain
from alliance.network.outside import Answer
from alliance.opendata.feed import FORMAT, body_of
from alliance.opendata.models import FeedEntry, RecordState, Subscription, UpstreamRecord
from tests.factories.people import NOW

ADDRESS = "https://cities.example"


class Upstream:
    """A feed with its key. `ask` stands for the network between; `spoil` changes its pages."""

    def __init__(self, at: dt.datetime, *, key: bytes = b"k" * 32, most: int = 100) -> None:
        self.at = at
        self.most = most
        self.secret = Ed25519PrivateKey.from_private_bytes(key)
        self.entries: list[dict[str, Any]] = []
        self.status = 200
        self.asked = 0

    @property
    def key(self) -> str:
        return self.secret.public_key().public_bytes_raw().hex()

    def tell(self, content: dict[str, Any] | None, public_id: str = "", **values: Any) -> None:
        """Add an entry, of what is in `content` or of a withdrawal."""
        public_id = public_id or str((content or {})["id"])
        for earlier in self.entries:
            if earlier["id"] == public_id:
                earlier["content"] = None
        last = self.entries[-1] if self.entries else None
        entry = FeedEntry(
            **{
                "number": len(self.entries) + 1,
                "at": self.at,
                "kind": "case",
                "public_id": public_id,
                "version": 1 + sum(one["id"] == public_id for one in self.entries),
                "licence": "CC-BY-4.0",
                "withdrawn": content is None,
                "sha256": digest(content) if content else "",
                "previous": last["digest"] if last else "",
                **values,
            }
        )
        body = body_of(entry)
        self.entries.append(body | {"digest": digest(body), "content": content})

    def page(self, after: int) -> dict[str, Any]:
        """What it answers, before it is signed."""
        last = self.entries[-1] if self.entries else {"number": 0, "digest": ""}
        return {
            "format": FORMAT,
            "network": "Nordic cities",
            "address": ADDRESS,
            "key": self.key,
            "at": plain(self.at),
            "after": after,
            "head": {"number": last["number"], "digest": last["digest"]},
            "entries": self.entries[after : after + self.most],
        }

    def signed(self, page: dict[str, Any]) -> bytes:
        """A page with its signature."""
        signature = self.secret.sign(canonical_json(page).encode()).hex()
        return canonical_json(
            {"page": page, "signature": f"ed25519 {self.key} {signature}"}
        ).encode()

    def ask(self, method: str, url: str, **_limits: Any) -> Answer:
        """Answer as a server does."""
        assert method == "GET" and url.startswith(f"{ADDRESS}/api/v1/feed?after=")
        self.asked += 1
        page = self.page(int(url.rpartition("=")[2]))
        return Answer(url, self.status, {}, self.signed(page))


def followed(public_id: str, at: dt.datetime = NOW) -> UpstreamRecord:
    """A network that we follow, with a version of a case of ours that waits for a choice."""
    one = Subscription.objects.create(
        address=ADDRESS, name="Nordic cities", key="0" * 64, state="active", made_at=at
    )
    return one.records.create(
        kind="case",
        public_id=public_id,
        title="Pricing the roads there",
        version=2,
        licence="CC-BY-4.0",
        state=RecordState.CONFLICT,
        content={"id": public_id},
        at=at,
    )
