"""What the apps declare, each in a module of an agreed name, to be read by a lower layer."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps


def modules(name: str) -> list[ModuleType]:
    """The modules of that name in all apps that have one, the lowest layer first."""
    rooms = [config.name for config in apps.get_app_configs()]
    paths = [f"{room}.{name}" for room in rooms if room.startswith("alliance.")]
    return [import_module(path) for path in paths if find_spec(path)]
