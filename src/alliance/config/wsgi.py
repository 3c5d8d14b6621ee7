"""The entry point of the web server."""

import gc
import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

from alliance.config import env
from alliance.config.turns import InTurns
from alliance.core import in_use
from alliance.web.uploads import MOST_BYTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.config.settings")

application = InTurns(get_wsgi_application(), threads=env.get("WEB_THREADS"), most=MOST_BYTES)
in_use.share_database()


def _warm() -> None:
    """Load the search index before the first reader asks, then set what lives for good aside.

    The index and the modules are hundreds of thousands of objects that never become garbage. Left
    in the collector's sight, each full collection costs as much as a page.
    """
    from django.db import DatabaseError, connection

    from alliance.core import clock
    from alliance.search.store import store

    try:
        store.current(at=clock.now())
    except DatabaseError as error:
        # The first request will meet the same fault and tell it.
        logging.getLogger(__name__).warning("the search index is not loaded yet: %s", error)
    finally:
        connection.close()
    set_aside_what_stays()


def set_aside_what_stays() -> None:
    """Take all objects there are out of the collector's sight, and let it look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


threading.Thread(target=_warm, name="warm-search", daemon=True).start()
