"""How forms look: the templates of a form and of each of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

_SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's renderer with the templates of the platform; a field may name its own
    `template_name`."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """As in Django, except for select lists: two templates for each of a hundred choices took
        most of the time of a page with a form."""
        if template_name == _SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>']
    for group, choices, _index in widget["optgroups"]:
        parts += [f'<optgroup label="{conditional_escape(group)}">'] if group else []
        parts += (
            f'<option value="{escape(str(choice["value"]))}"{_attributes(choice)}>'
            f"{conditional_escape(choice['label'])}</option>\n"
            for choice in choices
        )
        parts += ["</optgroup>"] if group else []
    return SafeString("".join([*parts, "</select>"]))


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )
