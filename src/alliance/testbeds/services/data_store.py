"""Where files of pilot data lie: by their SHA-256, whole or not at all."""

from __future__ import annotations

from alliance.core.files import ContentStore

FILES = ContentStore("pilots")
