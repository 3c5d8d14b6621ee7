"""The tutorial on pools gives, from the open data, what the platform publishes."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.test import Client

from alliance.cases.exports import rows_of
from tests.factories.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]
TUTORIAL = Path(__file__).resolve().parents[3] / "docs" / "tutorial"
FIGURES = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
LARGEST = 3


def tutorial() -> Any:
    spec = importlib.util.spec_from_file_location("pools", TUTORIAL / "reproduce_a_pool.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def effects(client: Client) -> pd.DataFrame:
    answer = client.get("/api/v1/export/effects.csv")
    return pd.read_csv(io.BytesIO(b"".join(answer.streaming_content)))


def published(client: Client, solution: str, measure: str, unit: str, direction: str) -> Any:
    groups = client.get(f"/api/v1/solutions/{solution}").json()["effects"]
    (group,) = (
        group
        for group in groups
        if (group["measure"], group["unit"], group["direction"]) == (measure, unit, direction)
    )
    return group["places"], group["outlook"]


def test_the_largest_pools_come_out_to_the_last_digit(
    client: Client, effects: pd.DataFrame
) -> None:
    table = tutorial().pools(effects).sort_values("k", ascending=False)
    n_equal, weightings = 0, set()
    for key, row in table.iterrows():
        places, outlook = published(client, *key)
        assert row["k"] == places, key
        # Where an interval reaches what cannot happen, none is published.
        if outlook is None or outlook["ci_low"] is None:
            continue
        for name in FIGURES:
            assert f"{row[name]:.9g}" == f"{outlook[name]:.9g}", (key, name)
        n_equal += 1
        weightings.add(outlook["weighting"])
    assert n_equal >= LARGEST
    assert weightings == {"inverse-variance", "unweighted"}


def test_each_row_of_the_download_says_whether_it_counts_and_why_not(
    effects: pd.DataFrame,
) -> None:
    assert (effects["counts"] == effects["why_not"].isna()).all()
    # What its case excludes has that reason; all else that does not count has one of the rule.
    excluded = effects["pool_exclusion"].notna()
    own = effects.loc[excluded]
    assert (own["why_not"] == own["pool_exclusion"]).all()
    assert effects.loc[~excluded, "why_not"].notna().any()
    case = next(rows_of("cases", NOW.date(), nested=True))
    assert {"counts", "why_not"} <= case["effects"][0].keys()
