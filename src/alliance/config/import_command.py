"""`alliance import`: the imports of all apps under one name."""

from __future__ import annotations

import click

from alliance.equity.commands import import_areas
from alliance.indicators.import_commands import (
    import_cities,
    import_city_codes,
    import_from,
    import_indicators,
    import_observations,
    import_recipes,
)
from alliance.writing.commands import import_cases


@click.group("import")
def import_() -> None:
    """Import content from a file: all of it, or nothing if any part breaks a rule."""
    import django

    django.setup()


for command in (
    import_cases,
    import_observations,
    import_from,
    import_recipes,
    import_indicators,
    import_cities,
    import_city_codes,
    import_areas,
):
    import_.add_command(command)
