"""An uploaded JSON file, read strictly.

Small files are read in the calling process, larger ones in a child of `contained`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from alliance.core import strict_json
from alliance.core.files.rows import Broken, Limits


def read(content: bytes, *, limits: Limits) -> Iterator[str]:
    """The faults as paths with codes, then the data; each as JSON.

    `limits.rows` counts objects and lists. Raises Broken.
    """
    try:
        data = strict_json.read(content.removeprefix(codecs.BOM_UTF8), most_parts=limits.rows)
    except strict_json.NotJson as error:
        raise Broken("not-json", why=str(error)) from error
    yield json.dumps(list(strict_json.odd_parts(data)))
    yield json.dumps(data)
