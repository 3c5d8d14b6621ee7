from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from alliance.core import instance_lock


class CoreConfig(AppConfig):
    name = "alliance.core"
    label = "core"

    def ready(self) -> None:
        # Kept open as long as the process lives.
        self.home_in_use = instance_lock.share(settings.HOME)
        # The fault messages of each app, and what higher apps register in `beside`.
        autodiscover_modules("messages", "beside")
