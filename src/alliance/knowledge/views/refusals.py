"""What people are told who may see a record but not do what they asked."""

from __future__ import annotations

from alliance.network.views.refusals import refusal_is_403 as refusal_is_403
