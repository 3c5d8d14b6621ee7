"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from alliance.config import env
from alliance.config.turns import InTurns
from alliance.core import in_use
from alliance.web.uploads import MOST_BYTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.config.settings")

application = InTurns(get_wsgi_application(), threads=env.get("WEB_THREADS"), most=MOST_BYTES)
in_use.share_database()
# Django has to be set up first.
from alliance.config.warm import warm  # noqa: E402

warm()
