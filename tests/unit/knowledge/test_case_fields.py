"""The register of a case's fields against the shape, the tables and the codebook."""

from __future__ import annotations

import pytest

from alliance.cases.case_fields import FIELDS, SHAPES, CaseField
from alliance.cases.codebook import columns_of
from alliance.cases.models import CaseAmount, CaseStudy, CaseText, Effect, NullResult, Source

MODELS = {
    "texts": CaseText,
    "effects": Effect,
    "nulls": NullResult,
    "amounts": CaseAmount,
    "sources": Source,
}


def test_every_field_of_the_document_has_one_row():
    shape = {
        f"{part}.{name}".lstrip(".")
        for part, shape in SHAPES.items()
        for name in shape.model_fields
        if name not in SHAPES
    }
    # How a text came to be is worked out when it is saved.
    assert sorted(row.path for row in FIELDS) == sorted(shape - {"texts.status"})


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row.path)
def test_a_row_names_a_column_of_its_table_and_of_the_codebook(row: CaseField):
    model = MODELS.get(row.part, CaseStudy)
    stored = {field.name for field in model._meta.get_fields()}
    assert row.column in stored if row.column else row.scheme or not row.is_open
    if row.is_open:
        table = row.sheet
        name = f"{row.table}_en" if row.part == "texts" else row.table
        assert name in {column.name for column in columns_of(table)}
