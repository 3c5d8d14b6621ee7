import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile

from alliance.charts.outline import WEB
from alliance.web.storage import ForgivingManifestStorage

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_the_style_sheet_stays_small():
    assert (WEB / "static" / "alliance.css").stat().st_size < 64_000


def test_the_style_sheet_loads_nothing():
    css = (WEB / "static" / "alliance.css").read_text(encoding="utf-8")
    assert "url(" not in css and "@import" not in css


def test_css_serves_dark_print_forced_colours_and_little_motion():
    css = (WEB / "static" / "alliance.css").read_text(encoding="utf-8")
    for query in ("light-dark(", "@media print", "forced-colors", "prefers-reduced-motion"):
        assert query in css


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_and_no_inline_script(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style\b|\son\w+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    # Links that people follow may lead elsewhere; nothing is loaded from there.
    assert not re.search(r"https?://", re.sub(r'<a href="https://', "", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_static_file_of_a_template_exists(path):
    for name in re.findall(r'{% static "([^"]+)" %}', path.read_text(encoding="utf-8")):
        assert finders.find(name), name


def test_a_file_that_was_not_collected_keeps_its_name():
    assert staticfiles_storage.url("alliance.css") == "/static/alliance.css"
    assert staticfiles_storage.url("no-such-file.css") == "/static/no-such-file.css"


def test_a_collected_file_gets_a_name_that_changes_with_its_content(tmp_path):
    storage = ForgivingManifestStorage(location=tmp_path, base_url=settings.STATIC_URL)
    storage.save("a.css", ContentFile(b"a{color:red}" * 50))
    list(storage.post_process({"a.css": (storage, "a.css")}))
    again = ForgivingManifestStorage(location=tmp_path, base_url=settings.STATIC_URL)
    assert re.fullmatch(r"/static/a\.[0-9a-f]{12}\.css", again.url("a.css"))
    assert again.url("land.svg#land") == "/static/land.svg#land"
    assert list(tmp_path.glob("a.*.css.gz"))
