"""Compiles the translations into the wheel; everything else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # `alliance prepare` compiles them beside their sources
        for source in Path("src/alliance/locale").glob("*/LC_MESSAGES/django.po"):
            target = Path(self.build_lib, source.relative_to("src")).with_suffix(".mo")
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as catalogue, target.open("wb") as compiled:
                write_mo(compiled, read_po(catalogue, locale=source.parent.parent.name))


setup(cmdclass={"build_py": BuildWithCatalogues})
