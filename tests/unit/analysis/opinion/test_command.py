import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.config.dialogue_command import dialogue
from tests.unit.analysis.opinion.helpers import as_csv, two_sides

KEYS = ["participants", "participants_grouped", "votes", "groups", "membership", "statements",
        "consensus", "components", "silhouette", "stability", "warnings"]  # fmt: skip


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    path = tmp_path / "votes.csv"
    path.write_text(as_csv(two_sides()), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(dialogue, ["analyse", *map(str, arguments)])


def test_json_has_all_keys(votes: Path):
    found = json.loads(run(votes, "--format", "json").stdout)

    assert list(found) == KEYS
    assert found["stability"] == pytest.approx(1)
    assert set(found["statements"][0]) == {
        "id", "agree", "disagree", "pass", "seen", "by_group", "group_informed_consensus",
        "group_informed_consensus_range", "group_informed_consensus_legacy", "extremity",
        "priority",
    }  # fmt: skip
    assert set(found["groups"][0]["representative"][0]) == {
        "statement", "side", "p", "p_test", "ratio", "ratio_test",
    }  # fmt: skip


def test_comments_and_groups_are_taken_from_files(votes: Path, tmp_path: Path):
    comments, groups = tmp_path / "comments.csv", tmp_path / "groups.csv"
    comments.write_text("comment-id,moderated,comment-body\n2,-1,no\n0,1,Build it\n")
    groups.write_text("voter-id,group\n" + "".join(f"{at},{at % 3}\n" for at in range(60)))
    options = ["--comments", comments, "--groups", groups, "--resamples", "0"]
    found = json.loads(run(votes, *options, "--format", "json").stdout)

    assert [group["id"] for group in found["groups"]] == ["0", "1", "2"]
    assert "2" not in [one["id"] for one in found["statements"]]
    assert "Build it" in run(votes, *options).stdout


def test_a_fault_is_one_line(votes: Path):
    votes.write_text(as_csv([(1, 0, 0, 2)]))
    result = run(votes, "--format", "json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == ("Error: bad-vote: '2' is none of 1, 0, -1 (votes.csv, row 2, vote)\n")
