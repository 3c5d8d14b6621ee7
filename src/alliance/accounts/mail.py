"""Emails as files, for installations without a mail server."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.mail.backends.filebased import EmailBackend as FileBackend


class EmailBackend(FileBackend):
    """Writes emails to files that only their owner may read: their links give access."""

    def open(self) -> bool:
        """Open the file of this connection, unless it is open; returns whether it was opened."""
        if self.stream is not None:
            return False
        path = Path(self._get_filename())
        path.parent.chmod(0o700)
        self.stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        return True
