"""The catalogue of the data as DCAT-AP: a dataset for each indicator, in Turtle or JSON-LD."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db.models import Max, Min
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.indicators.models import DefinitionVersion, Indicator, Observation
from alliance.indicators.values import versions_at
from alliance.network.api.common import api_address, names_of, page_address
from alliance.network.localise import by_language

if TYPE_CHECKING:
    from rdflib import BNode, Graph, URIRef

MEDIA_TYPES = {"turtle": "text/turtle; charset=utf-8", "json-ld": "application/ld+json"}
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_LANGUAGES = {
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
    "fr": "http://publications.europa.eu/resource/authority/language/FRA",
    "sv": "http://publications.europa.eu/resource/authority/language/SWE",
}
#: The format of a distribution: its media type, and its code in the EU's list.
DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    "csv": ("text/csv", "CSV"),
    "sdmx-csv": ("text/csv", "CSV"),
    "sdmx-ml": ("application/xml", "XML"),
    "json-stat": ("application/json", "JSON"),
}


def catalogue(*, form: Literal["turtle", "json-ld"]) -> str:
    """The whole catalogue as text in one of `MEDIA_TYPES`, from three queries."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef

    graph = Graph()
    graph.bind("dcat", DCAT)
    graph.bind("dct", DCTERMS)
    graph.bind("foaf", FOAF)
    home = f"{settings.BASE_URL}/"
    about, publisher = URIRef(api_address("catalogue.ttl")), URIRef(f"{home}#network")
    graph.add((about, RDF.type, DCAT.Catalog))
    for language, code in _LANGUAGES.items():
        with translation.override(language):
            name = f"{settings.NETWORK_NAME}: {_('city indicators')}"
            description = _(
                "The common set of indicators for sustainable urban development, with the "
                "source, status and licence of each figure."
            )
        graph.add((about, DCTERMS.title, Literal(name, lang=language)))
        graph.add((about, DCTERMS.description, Literal(description, lang=language)))
        graph.add((about, DCTERMS.language, URIRef(code)))
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(settings.NETWORK_NAME)))
    graph.add((about, DCTERMS.publisher, publisher))
    graph.add((about, FOAF.homepage, URIRef(home)))
    versions: dict[int, list[DefinitionVersion]] = {}
    for line in versions_at(None).values():
        versions.setdefault(line.version.definition.indicator_id, []).append(line.version)
    spans: dict[int, Any] = {
        row["series__definition__indicator"]: row
        for row in Observation.objects.filter(superseded_at=None)
        .order_by()
        .values("series__definition__indicator")
        .annotate(first=Min("year"), last=Max("year"), newest=Max("recorded_at"))
    }
    for indicator in Indicator.objects.order_by("code"):
        own = sorted(versions.get(indicator.pk, []), key=lambda version: version.definition.key)
        node = _dataset(graph, indicator, own, spans.get(indicator.pk))
        graph.add((node, DCTERMS.publisher, publisher))
        graph.add((about, DCAT.dataset, node))
    return graph.serialize(format=form)


def _dataset(
    graph: Graph,
    indicator: Indicator,
    versions: list[DefinitionVersion],
    span: dict[str, Any] | None,
) -> URIRef:
    """An indicator with properties of its definitions and the years of its figures, if any."""
    from rdflib import DCAT, DCTERMS, RDF, XSD, BNode, Literal, URIRef

    page = page_address("indicators:indicator", "en", indicator.public_id)
    node = URIRef(f"{page}#dataset")
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.identifier, Literal(indicator.public_id)))
    graph.add((node, DCAT.landingPage, URIRef(page)))
    for language, name in names_of(indicator).items():
        lines = (
            f"{version.definition.key}: {by_language(version, 'text')[language]}"
            for version in versions
        )
        graph.add((node, DCTERMS.title, Literal(name, lang=language)))
        graph.add((node, DCTERMS.description, Literal("\n".join(lines), lang=language)))
    for name in sorted({version.publisher for version in versions}):
        graph.add((node, DCTERMS.provenance, _statement(graph, f"Published by {name}")))
    for target in sorted({code for version in versions for code in version.sdg_targets}):
        graph.add((node, DCAT.keyword, Literal(f"SDG {target}", lang="en")))
    graph.add((node, DCTERMS.conformsTo, URIRef(api_address("figures/structure.xml"))))
    if span is not None:
        stamp = f"{span['newest'].astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        graph.add((node, DCTERMS.modified, Literal(stamp, datatype=XSD.dateTime)))
        period = BNode(f"period-{indicator.public_id}")
        graph.add((node, DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        first, last = f"{span['first']}-01-01", f"{span['last']}-12-31"
        graph.add((period, DCAT.startDate, Literal(first, datatype=XSD.date)))
        graph.add((period, DCAT.endDate, Literal(last, datatype=XSD.date)))
    for form, (media, code) in DISTRIBUTIONS.items():
        part = URIRef(api_address(f"figures.{form}?indicator={indicator.public_id}"))
        graph.add((node, DCAT.distribution, part))
        graph.add((part, RDF.type, DCAT.Distribution))
        graph.add((part, DCTERMS.title, Literal(form, lang="en")))
        graph.add((part, DCAT.accessURL, part))
        graph.add((part, DCAT.downloadURL, part))
        graph.add((part, DCAT.mediaType, URIRef(_MEDIA + media)))
        graph.add((part, DCTERMS.format, URIRef(_FILE_TYPES + code)))
        for licence in sorted({version.licence for version in versions}):
            graph.add((part, DCTERMS.rights, _statement(graph, licence, rights=True)))
        if form == "csv":
            graph.add((part, DCTERMS.conformsTo, URIRef(api_address("figures/schema.json"))))
    return node


def _statement(graph: Graph, text: str, *, rights: bool = False) -> BNode:
    """A text as a blank node whose name depends only on the text."""
    from rdflib import DCTERMS, RDF, RDFS, BNode, Literal

    node = BNode("s" + hashlib.sha256(text.encode()).hexdigest()[:16])
    kind = DCTERMS.RightsStatement if rights else DCTERMS.ProvenanceStatement
    graph.add((node, RDF.type, kind))
    graph.add((node, RDFS.label, Literal(text, lang="en")))
    return node
