from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "alliance.core"
    label = "core"

    def ready(self) -> None:
        # The sentences of faults, room by room.
        autodiscover_modules("messages")
