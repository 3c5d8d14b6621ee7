"""How forms look: Django asks this for the template of a form and of each of its fields."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """The look of the platform. A field with a template of its own names it (`template_name`)."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
