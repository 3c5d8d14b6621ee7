"""A limit on the size of an upload, enforced while it arrives."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

#: The largest request body of any upload; apps may set smaller limits for their files.
MOST_BYTES = 25_000_000


class LimitedUpload(FileUploadHandler):
    """Precedes Django's own handlers and ends an upload that exceeds the limit.

    The connection is closed, so that the rest is not read for nothing.
    """

    chunk_size = 64 * 2**10

    def __init__(self, request: Any = None):
        super().__init__(request)
        self.received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        # It may not be refused here; its first part will be.
        self.received = content_length if content_length > MOST_BYTES else 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
