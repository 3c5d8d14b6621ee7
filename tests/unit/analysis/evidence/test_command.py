"""`alliance evidence pool` on files, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.analysis.evidence import meta_regression, pool, pool_unweighted
from alliance.config.evidence_command import evidence

GOOD = """study,estimate,variance,density
Lyon,0.10,0.02,10
Malmö,0.50,0.05,4
Nantes,0.30,0.01,5
Lille,0.90,0.04,3
Umeå,0.20,0.03,1
"""
Y, V, X = [0.1, 0.5, 0.3, 0.9, 0.2], [0.02, 0.05, 0.01, 0.04, 0.03], [10, 4, 5, 3, 1]
KEYS = [
    "k", "estimate", "se", "ci", "tau2", "i2", "h2", "q", "q_p", "prediction_interval",
    "prediction_df", "coefficients", "warnings",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path):
    def run(text: str | bytes, *options: str):
        path = tmp_path / "effects.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return CliRunner().invoke(evidence, ["pool", str(path), *options])

    return run


@pytest.fixture
def answer(run):
    def answer(text: str, *options: str):
        result = run(text, "--format", "json", *options)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return answer


def test_json_has_these_keys_and_the_figures_of_the_pool(answer):
    found, pooled = answer(GOOD), pool(Y, V)
    assert list(found) == KEYS
    assert found["k"] == 5
    assert found["estimate"] == pytest.approx(pooled.estimate)
    assert found["ci"] == pytest.approx([pooled.ci_low, pooled.ci_high])
    assert found["prediction_interval"] == pytest.approx(
        [pooled.prediction_low, pooled.prediction_high]
    )
    assert found["i2"] == pytest.approx(pooled.heterogeneity.i2)
    assert (found["prediction_df"], found["coefficients"], found["warnings"]) == (3, [], [])


@pytest.mark.parametrize("method", ["ee", "dl", "he", "ml", "pm", "reml"])
@pytest.mark.parametrize("interval", ["hartung-knapp", "hartung-knapp-untruncated", "wald"])
def test_every_choice_reaches_the_method(answer, method, interval):
    found = answer(GOOD, "--method", method, "--interval", interval)
    pooled = pool(Y, V, method=method, interval=interval)
    assert (found["se"], found["tau2"]) == pytest.approx((pooled.se, pooled.tau2))


def test_standard_errors_do_as_well(answer):
    rows = zip("abcde", Y, V, strict=True)
    text = "se,study,estimate\n" + "\n".join(f"{v**0.5!r},{s},{y}" for s, y, v in rows)
    assert answer(text)["estimate"] == pytest.approx(pool(Y, V).estimate)


def test_where_a_variance_is_empty_the_standard_error_is_taken(answer):
    text = GOOD.replace("density", "se").replace("0.02,10", ",0.141421356")
    assert answer(text)["estimate"] == pytest.approx(pool(Y, V).estimate)


def test_moderators(answer):
    found = answer(GOOD, "--moderators", "density", "--prediction", "k-1", "--level", "0.9")
    model = meta_regression(Y, V, [[x] for x in X], ["density"], prediction="k-1", level=0.9)
    assert list(found) == KEYS
    assert [one["name"] for one in found["coefficients"]] == ["intercept", "density"]
    slope = found["coefficients"][1]
    assert slope["estimate"] == pytest.approx(model.coefficients[1].estimate)
    assert slope["ci"] == pytest.approx([model.coefficients[1].low, model.coefficients[1].high])
    assert found["estimate"] == pytest.approx(model.centre.estimate)
    assert found["prediction_df"] == 3
    assert {"overfit", "aggregation-bias"} <= set(found["warnings"])


def test_a_normal_prediction_interval_names_no_degrees_of_freedom(answer):
    found = answer(GOOD, "--prediction", "normal")
    assert found["prediction_df"] is None and found["prediction_interval"] is not None


def test_missing_variances_give_an_unweighted_pool_that_says_so(answer, run):
    text = GOOD.replace("0.50,0.05", "0.50,")
    found = answer(text)
    assert found["estimate"] == pytest.approx(sum(Y) / 5)
    assert found["se"] == pytest.approx(pool_unweighted(Y).se)
    assert (found["tau2"], found["i2"], found["q"]) == (None, None, None)
    assert found["warnings"] == ["unweighted"]
    assert "every study counts the same" in run(text).output
    assert "tau2                                     no data" in run(text).output


def test_missing_estimates_are_counted(answer):
    found = answer(GOOD + "Paris,,0.1,2\n")
    assert (found["k"], found["warnings"]) == (5, ["missing-estimate:1"])


def test_the_narrower_interval_that_was_not_used_is_told(answer):
    found = answer("study,estimate,variance\na,1,1\nb,1.1,1\nc,0.9,1\nd,1,1\ne,1,1\n")
    assert found["warnings"][-1] == "hartung-knapp-truncated:0.0316228"


def test_two_studies(answer, run):
    text = "\n".join(GOOD.splitlines()[:3])
    found = answer(text)
    assert (found["k"], found["prediction_interval"]) == (2, None)
    assert found["warnings"] == ["two-studies"]
    assert "the pooled effect decides nothing" in run(text).output


def test_one_study(answer):
    found = answer("\n".join(GOOD.splitlines()[:2]))
    assert (found["k"], found["estimate"], found["tau2"]) == (1, 0.1, None)
    assert found["warnings"] == ["one-study"]


def test_table(run):
    output = run(GOOD.replace("density", "unit").replace(",10\n", ",4\n").replace(",5\n", ",4\n")
                 .replace(",3\n", ",4\n").replace(",1\n", ",4\n")).output  # fmt: skip
    lines = output.splitlines()
    weights = [float(line.split()[-1]) for line in lines[1:6]]
    assert sum(weights) == pytest.approx(100, abs=0.3)
    assert "estimate (4)" in output
    assert "95% in one more place" in output
    assert lines[-1].split() == ["warnings", "none"]
    assert "coefficient density" in run(GOOD, "--moderators", "density").output


def test_effects_of_one_study_are_refused_or_combined(run, answer):
    text = GOOD + "Lyon,0.30,0.02,10\n"
    refused = run(text)
    assert refused.exit_code == 1
    assert "dependent: study 'Lyon' is in row 2 too" in refused.output
    assert "(row 7, column study)" in refused.output
    found = answer(text, "--combine-dependent")
    assert found["k"] == 5
    assert found["estimate"] == pytest.approx(pool([0.2, *Y[1:]], [0.015, *V[1:]]).estimate)
    other = text.replace("0.30,0.02,10", "0.30,0.02,11")
    both = ("--combine-dependent", "--moderators", "density")
    assert "mixed-moderators" in run(other, *both).output
    assert answer(text, *both)["k"] == 5


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (GOOD.replace("0.05", "-0.05"), "bad-variance: a variance is above 0, not -0.05 (row 3"),
        (GOOD.replace("0.05", "0"), "bad-variance: a variance is above 0, not 0 (row 3"),
        (GOOD.replace("variance", "se").replace("0.05", "-1"), "a standard error is above 0"),
        (GOOD.replace("variance", "se").replace("0.05", "1e-300"), "bad-variance"),
        (GOOD.replace("0.50", "much"), "not-a-number: 'much' is not a number (row 3, column est"),
        (GOOD.replace("0.50", '"0,5"'), "write a decimal point"),
        (GOOD.replace("0.50", "inf"), "infinite-value"),
        (GOOD.replace("0.50", "1e999"), "infinite-value"),
        (GOOD.replace("0.50", "1e99"), "overflow"),
        (GOOD.replace("estimate", "effect"), "missing-column: there is no column 'estimate'"),
        (GOOD.replace("variance", "error"), "missing-column"),
        (GOOD.replace("density", "variance"), "duplicate-column"),
        (GOOD.replace("Malmö", ""), "missing-study"),
        (GOOD.replace("0.05,4", "0.05"), "short-row"),
        (GOOD.replace("0.05,4", "0.05,4,5"), "long-row"),
        (GOOD.replace("density", "unit"), "unit-mix: '4' does not go with '10' of row 2 (row 3"),
        (GOOD.replace("density", "direction"), "sign-mix"),
        (GOOD.splitlines()[0], "no-studies"),
        ("study,estimate,variance\na,,1\n", "no-studies"),
        ("", "empty-file"),
        ("study,estimate,variance\n\n", "no-studies"),
        (GOOD.encode("latin-1"), "not-utf-8"),
        (GOOD + 'Pau,"1,2,3\n', "bad-csv"),
    ],
)
@pytest.mark.parametrize("form", ["json", "table"])
def test_a_fault_names_its_place_and_rule_and_nothing_else_is_printed(run, spoilt, told, form):
    result = run(spoilt, "--format", form)
    assert result.exit_code == 1
    assert told in result.output
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("spoilt", "moderators", "told"),
    [
        (GOOD, "income", "missing-column: there is no column 'income'"),
        (GOOD.replace(",4\n", ",dense\n"), "density", "row 3, column density"),
        (
            GOOD.replace("0.05,4", ",4"),
            "density",
            "missing-variance: a regression needs all standard errors (row 3, column variance)",
        ),
        ("\n".join(GOOD.splitlines()[:3]), "density", "singular"),
        (GOOD.replace(",10\n", ",\n"), "density", None),
    ],
)
def test_faults_of_moderators(run, spoilt, moderators, told):
    result = run(spoilt, "--moderators", moderators)
    assert result.exit_code == (1 if told else 0)
    assert (told or "missing-moderator") in result.output


def test_too_large_a_file_is_refused(run, monkeypatch):
    monkeypatch.setattr("alliance.config.evidence_command.MAX_BYTES", 10)
    assert "file-too-large" in run(GOOD).output
