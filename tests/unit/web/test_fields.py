"""Fields of forms that every room uses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from alliance.web.fields import LongText, ShortText


@pytest.mark.parametrize("field", [ShortText(max_length=5), LongText(max_length=5)])
def test_what_is_too_long_is_refused_and_not_cut_off_by_the_browser(field):
    assert "maxlength" not in field.widget.attrs
    with pytest.raises(ValidationError, match="5 characters or fewer; it now has 6"):
        field.clean("abcdef")
