"""The catalogue of the data as DCAT-AP: one dataset for each indicator, in Turtle or JSON-LD."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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
#: File format of a distribution: its media type, and its code in the EU's list.
DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    "csv": ("text/csv", "CSV"),
    "sdmx-csv": ("text/csv", "CSV"),
    "sdmx-ml": ("application/xml", "XML"),
    "json-stat": ("application/json", "JSON"),
}


@dataclass(frozen=True)
class DatasetEntry:
    """An indicator as a dataset: names and descriptions by language, addresses complete."""

    identifier: str
    page: str
    data: dict[str, str]
    names: dict[str, str]
    descriptions: dict[str, str]
    publishers: tuple[str, ...]
    licences: tuple[str, ...]
    modified: dt.datetime | None
    first_year: int | None
    last_year: int | None
    sdg_targets: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueEntry:
    """The catalogue itself."""

    address: str
    home: str
    network: str
    names: dict[str, str]
    descriptions: dict[str, str]
    structure: str
    schema: str


def catalogue(
    entry: CatalogueEntry,
    datasets: Iterable[DatasetEntry],
    *,
    form: Literal["turtle", "json-ld"],
) -> str:
    """The whole catalogue as text in one of `MEDIA_TYPES`."""
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef

    graph = Graph()
    graph.bind("dcat", DCAT)
    graph.bind("dct", DCTERMS)
    graph.bind("foaf", FOAF)
    about, publisher = URIRef(entry.address), URIRef(f"{entry.home}#network")
    graph.add((about, RDF.type, DCAT.Catalog))
    for language, text in entry.names.items():
        graph.add((about, DCTERMS.title, Literal(text, lang=language)))
    for language, text in entry.descriptions.items():
        graph.add((about, DCTERMS.description, Literal(text, lang=language)))
        graph.add((about, DCTERMS.language, URIRef(_LANGUAGES[language])))
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(entry.network)))
    graph.add((about, DCTERMS.publisher, publisher))
    graph.add((about, FOAF.homepage, URIRef(entry.home)))
    for one in datasets:
        graph.add((about, DCAT.dataset, _dataset(graph, one, entry)))
    return graph.serialize(format=form)


def _dataset(graph: Graph, one: DatasetEntry, entry: CatalogueEntry) -> URIRef:
    from rdflib import DCAT, DCTERMS, RDF, XSD, BNode, Literal, URIRef

    node = URIRef(f"{one.page}#dataset")
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.identifier, Literal(one.identifier)))
    graph.add((node, DCAT.landingPage, URIRef(one.page)))
    graph.add((node, DCTERMS.publisher, URIRef(f"{entry.home}#network")))
    for language, text in one.names.items():
        graph.add((node, DCTERMS.title, Literal(text, lang=language)))
    for language, text in one.descriptions.items():
        graph.add((node, DCTERMS.description, Literal(text, lang=language)))
    for name in one.publishers:
        graph.add((node, DCTERMS.provenance, _statement(graph, f"Published by {name}")))
    for target in one.sdg_targets:
        graph.add((node, DCAT.keyword, Literal(f"SDG {target}", lang="en")))
    graph.add((node, DCTERMS.conformsTo, URIRef(entry.structure)))
    if one.modified is not None:
        stamp = f"{one.modified.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        graph.add((node, DCTERMS.modified, Literal(stamp, datatype=XSD.dateTime)))
    if one.first_year is not None and one.last_year is not None:
        period = BNode(f"period-{one.identifier}")
        graph.add((node, DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        for term, day in (
            (DCAT.startDate, f"{one.first_year}-01-01"),
            (DCAT.endDate, f"{one.last_year}-12-31"),
        ):
            graph.add((period, term, Literal(day, datatype=XSD.date)))
    for form, address in one.data.items():
        media, code = DISTRIBUTIONS[form]
        part = URIRef(address)
        graph.add((node, DCAT.distribution, part))
        graph.add((part, RDF.type, DCAT.Distribution))
        graph.add((part, DCTERMS.title, Literal(form, lang="en")))
        graph.add((part, DCAT.accessURL, part))
        graph.add((part, DCAT.downloadURL, part))
        graph.add((part, DCAT.mediaType, URIRef(_MEDIA + media)))
        graph.add((part, DCTERMS.format, URIRef(_FILE_TYPES + code)))
        for licence in one.licences:
            graph.add((part, DCTERMS.rights, _statement(graph, licence, rights=True)))
        if form == "csv":
            graph.add((part, DCTERMS.conformsTo, URIRef(entry.schema)))
    return node


def _statement(graph: Graph, text: str, *, rights: bool = False) -> BNode:
    """A text as a node of its own, with a name that depends on nothing but the text."""
    import hashlib

    from rdflib import DCTERMS, RDF, RDFS, BNode, Literal

    node = BNode("s" + hashlib.sha256(text.encode()).hexdigest()[:16])
    kind = DCTERMS.RightsStatement if rights else DCTERMS.ProvenanceStatement
    graph.add((node, RDF.type, kind))
    graph.add((node, RDFS.label, Literal(text, lang="en")))
    return node
