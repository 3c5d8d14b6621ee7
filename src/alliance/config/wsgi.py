"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from alliance.config import env
from alliance.config.slow_clients import BufferedApplication
from alliance.core import instance_lock
from alliance.web.uploads import MOST_BYTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.config.settings")

application = BufferedApplication(
    get_wsgi_application(), threads=env.get("WEB_THREADS"), most=MOST_BYTES
)
instance_lock.share_database()
# Django has to be set up first.
from alliance.config.warm import warm  # noqa: E402

warm()
