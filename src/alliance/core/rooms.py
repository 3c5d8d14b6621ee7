"""What the rooms declare, each in a module of an agreed name, for one below them to read."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps


def modules(name: str) -> list[ModuleType]:
    """The modules of that name in the rooms that have one, that of the lowest room first."""
    rooms = [config.name for config in apps.get_app_configs()]
    paths = [f"{room}.{name}" for room in rooms if room.startswith("alliance.")]
    return [import_module(path) for path in paths if find_spec(path)]
