"""Requests to a publisher's server, with retries and clear errors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from alliance import __version__
from alliance.core.errors import Fault, InvalidData
from alliance.network.outside import Answer, Refused, Unreachable, ask

MOST_BYTES = 200_000_000
#: Timeout of a response: tables are large, and publishers slow.
SECONDS = 120.0
#: Pauses before the second, third and fourth attempt, in seconds.
PAUSES = (1.0, 4.0, 16.0)
LONGEST_PAUSE = 60.0
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class PublisherSilent(Exception):
    """No usable response after all attempts: unlike invalid data, it may work later."""

    def __init__(self, publisher: str, rule: str) -> None:
        self.publisher = publisher
        self.rule = rule
        super().__init__(f"{publisher}: {rule}")


@dataclass(frozen=True)
class Asker:
    """The HTTP client of a connector; `report` is called at each step."""

    publisher: str
    report: Callable[[str], object] = lambda text: None
    ask: Callable[..., Answer] = ask
    sleep: Callable[[float], object] = time.sleep

    def get(
        self, url: str, parameters: list[tuple[str, str]] | None = None, *, accept: str = ""
    ) -> Answer:
        """The response to a GET. Raises PublisherSilent, or InvalidData if it is refused."""
        full = f"{url}?{urlencode(parameters)}" if parameters else url
        return self._try("GET", full, accept=accept or "application/json")

    def post(self, url: str, data: Any) -> Answer:
        """The response to a POST of JSON."""
        return self._try("POST", url, accept="application/json", content=json.dumps(data).encode())

    def json(self, answer: Answer) -> Any:
        """The parsed response. Raises InvalidData if it is not JSON, such as a truncated
        response."""
        try:
            return json.loads(answer.body)
        except ValueError as error:
            raise InvalidData([Fault(self.publisher, "unreadable-answer")]) from error

    def _try(self, method: str, url: str, *, accept: str, content: bytes | None = None) -> Answer:
        headers = {"accept": accept, "user-agent": f"alliance-platform/{__version__}"}
        if content is not None:
            headers["content-type"] = "application/json"
        rule = ""
        for number in range(len(PAUSES) + 1):
            pause = PAUSES[number] if number < len(PAUSES) else 0.0
            try:
                sent = {"headers": headers, "content": content}
                answer = self.ask(method, url, **sent, most_bytes=MOST_BYTES, seconds=SECONDS)
            except Refused as error:
                raise InvalidData([Fault(self.publisher, "said", {"text": str(error)})]) from error
            except Unreachable as error:
                rule = str(error.rule)
                if error.is_network:
                    rule = _("cannot be contacted: this server has no network (%(rule)s)") % {
                        "rule": error.rule
                    }
            else:
                if answer.status not in _TRY_AGAIN:
                    return self._sound(answer)
                rule = _("responds with status %(status)s") % {"status": answer.status}
                pause = _asked_pause(answer.headers, pause)
            if number < len(PAUSES):
                self.report(
                    _("%(publisher)s %(rule)s; next try in %(seconds)d s")
                    % {"publisher": self.publisher, "rule": rule, "seconds": pause}
                )
                self.sleep(pause)
        raise PublisherSilent(self.publisher, rule)

    def _sound(self, answer: Answer) -> Answer:
        if answer.status >= 300:
            text = " ".join(answer.body[:300].decode("utf-8", "replace").split())
            params = {"status": answer.status, "answer": text or "–"}
            raise InvalidData([Fault(self.publisher, "question-refused", params)])
        if len(answer.body) >= MOST_BYTES:
            most = {"most": MOST_BYTES // 1_000_000}
            raise InvalidData([Fault(self.publisher, "large-answer", most)])
        return answer


def _asked_pause(headers: Mapping[str, str], usual: float) -> float:
    """The pause that the server requests, a minute at most."""
    asked = headers.get("retry-after", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdigit() and usual else usual
