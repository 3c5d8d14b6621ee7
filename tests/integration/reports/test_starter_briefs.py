"""Every case and solution that ships has a brief: the text one page, and all its sources."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.utils.encoding import iri_to_uri
from pypdf import PdfReader

from alliance.cases.models import CaseStudy, Solution, Source
from alliance.reports.services.briefs import compose
from tests.factories.pages import some
from tests.integration.reports.conftest import printed


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr"])
def test_each_fits_on_its_tagged_pages_in_its_language(starter, language):
    records = [("case", one.public_id) for one in CaseStudy.objects.order_by("public_id")] + [
        ("solution", one.public_id) for one in Solution.objects.order_by("public_id")
    ]
    assert records
    if connection.vendor != "sqlite":
        # What is printed does not depend on the database.
        records = records[::6]
    records = some(records, 15)
    for kind, public_id in records:
        edition, content = compose(None, kind, public_id, language)
        reader = PdfReader(io.BytesIO(content))
        where = f"{kind} {public_id}"
        # Sources that do not fit beside the text follow on a page of their own.
        assert len(reader.pages) <= 2, where
        assert reader.trailer["/Root"]["/Lang"] == language, where
        text = " ".join(reader.pages[0].extract_text().split())
        assert f"/{language}/{kind}s/{public_id}/" in text.replace(" ", ""), where
        assert edition.short_digest in text or kind == "case", where
        cases = {"public_id": public_id} if kind == "case" else {"solution__public_id": public_id}
        links = {
            link.get_object()["/A"]["/URI"]
            for page in reader.pages
            for link in page.get("/Annots", ())
            if "/A" in link.get_object()
        }
        sources = Source.objects.filter(case__in=CaseStudy.objects.filter(**cases))
        printed_whole = "".join("".join(page.extract_text().split()) for page in reader.pages)
        for url in sources.values_list("url", flat=True):
            assert iri_to_uri(url) in links, where
            assert iri_to_uri(url) in printed_whole, where


@pytest.mark.slow
def test_a_case_of_the_starter_network_in_swedish_and_french(starter):
    swedish = printed(compose(None, "case", "stockholm-congestion-tax", "sv")[1])
    for words in ("Trängselskatt", "Trafikvolym", "−22 %", "+4,5 %", "Göteborg, Sverige"):
        assert words in swedish
    french = printed(compose(None, "solution", "congestion-charging", "fr")[1])
    for words in ("Péage urbain", "variation en %", "Londres", "Suède"):
        assert words in french
