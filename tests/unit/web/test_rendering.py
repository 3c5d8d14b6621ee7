"""Lists to choose from are written as one string, and say what Django's templates say."""

from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from alliance.web.rendering import Renderer


class Chosen(forms.Form):
    """Names, groups and marks as an untrusted source might give them."""

    one = forms.ChoiceField(
        choices=[("", "None"), ('a"b', "<b>A & B</b>"), ("Group <1>", [(1, "1"), (2, "2")])],
        widget=forms.Select(attrs={"size": 3, "disabled": True, "autofocus": False}),
    )
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B"), ("c", "C")])


def test_a_list_to_choose_from_says_what_the_templates_of_django_say():
    asked = {"one": "2", "many": ["a", "c"]}
    ours, theirs = (
        Chosen(asked, prefix="p", renderer=renderer) for renderer in (Renderer(), DjangoTemplates())
    )
    for name in ("one", "many"):
        ours_text = str(ours[name].as_widget())
        assert parse_html(ours_text) == parse_html(str(theirs[name].as_widget()))
        assert "<b>" not in ours_text
