"""Which page of a long list an address asks for."""

from __future__ import annotations

from alliance.web.paging import page_number as page_number
