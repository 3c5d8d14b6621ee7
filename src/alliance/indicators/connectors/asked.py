"""Builds the query to a publisher from user input, and figures from its response."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from alliance.core import clock
from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.publishers import PUBLISHERS
from alliance.indicators.connectors.query import Fetched, Query
from alliance.indicators.importing.checking import Checked, check
from alliance.indicators.importing.definitions import Definitions
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_file
from alliance.indicators.models import CityCode


def filters_of(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Parses `["indic_ur=EN2026V", "sex=T,F"]` to filters. Raises InvalidData."""
    filters: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, sign, values = line.partition("=")
        chosen = tuple(value.strip() for value in values.split(",") if value.strip())
        if not sign or not name.strip() or not chosen:
            raise InvalidData([Fault("filter", "odd-filter", {"value": line})])
        filters[name.strip()] = chosen
    return filters


def known_codes(publisher: str) -> tuple[str, ...]:
    """The publisher's codes of the known cities."""
    rows = CityCode.objects.filter(scheme=PUBLISHERS[publisher].scheme).order_by("code")
    return tuple(rows.values_list("code", flat=True))


def with_defaults(publisher: str, query: Query, options: Options) -> tuple[Query, Options]:
    """The query and options with defaults filled in.

    Raises InvalidData if neither they nor the crosswalk name a city.
    """
    connector = PUBLISHERS[publisher]
    if not query.codes and connector.scheme:
        query = replace(query, codes=known_codes(publisher))
        if not query.codes:
            raise InvalidData([Fault("city", "no-codes", {"scheme": connector.scheme})])
    options = replace(
        options,
        scheme=options.scheme or connector.scheme,
        boundary=options.boundary or connector.boundary,
        licence=options.licence or connector.licence,
    )
    options.check()
    return query, options


def read_publisher(
    publisher: str,
    query: Query,
    options: Options,
    *,
    asker: Asker | None = None,
    report: Callable[[str], object] = lambda text: None,
) -> tuple[Fetched, Options]:
    """Queries the publisher and sets the source in the options. Raises InvalidData,
    PublisherSilent."""
    query, options = with_defaults(publisher, query, options)
    connector = PUBLISHERS[publisher]
    fetched = connector.fetch(asker or Asker(connector.name, report=report), query)
    return fetched, replace(
        options,
        source_title=options.source_title or fetched.title,
        source_url=options.source_url or fetched.url[:500],
    )


def checked_answer(fetched: Fetched, options: Options) -> tuple[Checked, str, str]:
    """The checked figures of a response, with the name and digest of its file."""
    if options.definition:
        # A query for a definition inherits its kind of figures, unless the options say otherwise.
        known = Definitions()
        with suppress(BrokenRule):
            definition = known.find(options.indicator, options.definition)
            options = options.or_as_defined(known.versions[definition.pk])
    figures = check(read_file(fetched.content), options, today=clock.today())
    return figures, fetched.file_name, hashlib.sha256(fetched.content).hexdigest()
