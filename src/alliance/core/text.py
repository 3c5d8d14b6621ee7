"""Text: canonical JSON, and the check that given text is plain."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

# An opening, closing or comment tag; "p < 0.05" and "5 <6" are plain text.
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!?]|javascript\s*:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def markup_fault(text: str) -> str | None:
    """The rule that `text` breaks as plain text, or None. Markup is refused, never repaired."""
    if _MARKUP.search(text):
        return "holds HTML or a script; plain text only"
    if _CONTROL.search(text):
        return "holds control characters; plain text only"
    return None
