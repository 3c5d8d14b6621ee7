"""ORCID iDs: read in all their forms, and what is wrong is named."""

from __future__ import annotations

import pytest

from alliance.core.errors import BrokenRule
from alliance.research.orcid import check_character, read_orcid

# Examples of ORCID's own documentation, one of them with X.
KNOWN = ("0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X")


@pytest.mark.parametrize("known", KNOWN)
def test_an_id_is_read_in_all_its_forms(known: str) -> None:
    plain = known.replace("-", "")
    assert check_character(plain[:15]) == known[-1]
    for given in (known, plain, f"https://orcid.org/{known}", f" {known.lower()} "):
        assert read_orcid(given) == known
    assert read_orcid("  ") == ""


@pytest.mark.parametrize("place", range(15))
def test_each_wrong_digit_is_found_and_the_right_last_character_told(place: int) -> None:
    digits = list("000000021825009")
    digits[place] = str((int(digits[place]) + 3) % 10)
    right = check_character("".join(digits))
    assert right != "7"
    with pytest.raises(BrokenRule) as broken:
        read_orcid("".join(digits) + "7")
    assert broken.value.at("orcid").params == {"value": "7", "right": right}


@pytest.mark.parametrize(
    ("given", "code", "params"),
    [
        ("0000-0002-1825-009", "orcid-length", {"n": 15}),
        ("0000-0002-18Z5-0097", "orcid-character", {"n": 11, "value": "Z"}),
        ("000X-0002-1825-0097", "orcid-character", {"n": 4, "value": "X"}),
    ],
)
def test_what_is_no_id_says_where(given: str, code: str, params: dict[str, object]) -> None:
    with pytest.raises(BrokenRule) as broken:
        read_orcid(given)
    assert (broken.value.code, broken.value.params) == (code, params)
