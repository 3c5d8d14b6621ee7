"""All addresses: pages under /en/, /fr/, /sv/, the API under /api/v1/, and /healthz."""

from __future__ import annotations

urlpatterns: list = []
