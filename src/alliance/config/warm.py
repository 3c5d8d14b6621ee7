"""What the first requests would wait for, loaded before them."""

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
    """Load addresses, translations and the search index, then exclude them from garbage collection.

    Takes some milliseconds if it is done already, as in a server process whose parent did it.
    """
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            resolve(reverse("search:home"))
    engines.all()
    glossary()
    try:
        store.current(at=clock.now())
    except DatabaseError as error:
        # The first request will meet the same error and report it.
        logging.getLogger(__name__).warning("the search index is not loaded yet: %s", error)
    finally:
        # Server processes must not inherit it.
        connection.close()
    set_aside_what_stays()


def set_aside_what_stays() -> None:
    """Exclude all existing objects from garbage collection, and collect less often.

    The index and the modules are hundreds of thousands of objects that never become garbage.
    Otherwise each full collection would take as long as a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
