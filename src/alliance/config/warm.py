"""What the first readers would wait for, loaded before there are any."""

import gc
import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.template import engines
from django.urls import resolve, reverse
from django.utils import translation

from alliance.core import clock
from alliance.search.glossary import glossary
from alliance.search.store import store


def warm() -> None:
    """Load addresses, words and the search index, then set aside what lives for good.

    Takes some milliseconds where it is done already, as in a server process whose parent did it.
    """
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            resolve(reverse("search:home"))
    engines.all()
    glossary()
    try:
        store.current(at=clock.now())
    except DatabaseError as error:
        # The first request will meet the same fault and tell it.
        logging.getLogger(__name__).warning("the search index is not loaded yet: %s", error)
    finally:
        # Server processes must not inherit it.
        connection.close()
    set_aside_what_stays()


def set_aside_what_stays() -> None:
    """Take all objects there are out of the collector's sight, and let it look less often.

    The index and the modules are hundreds of thousands of objects that never become garbage. Left
    in the collector's sight, each full collection costs as much as a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
