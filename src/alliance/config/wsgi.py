"""The entry point of the web server."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.config.settings")

application = get_wsgi_application()


def _warm() -> None:
    """Load the search index before the first reader asks, so that she does not wait for it."""
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


threading.Thread(target=_warm, name="warm-search", daemon=True).start()
