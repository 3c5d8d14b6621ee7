from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from alliance.core import in_use


class CoreConfig(AppConfig):
    name = "alliance.core"
    label = "core"

    def ready(self) -> None:
        # Kept open as long as the process lives.
        self.home_in_use = in_use.share(settings.HOME)
        # The fault messages of each app, and what higher apps register in `beside`.
        autodiscover_modules("messages", "beside")
