"""A JSON file of a stranger, read strictly.

Small ones are read where they are asked for, larger ones in a child of `contained`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from alliance.core import strict_json
from alliance.core.files.rows import Broken, Limits


def read(content: bytes, *, limits: Limits) -> Iterator[str]:
    """What is to be refused, as paths with codes, then the data; each in JSON.

    `limits.rows` counts objects and lists. Raises Broken.
    """
    try:
        data = strict_json.read(content.removeprefix(codecs.BOM_UTF8), most_parts=limits.rows)
    except strict_json.NotJson as error:
        raise Broken("not-json", why=str(error)) from error
    yield json.dumps(list(strict_json.odd_parts(data)))
    yield json.dumps(data)
