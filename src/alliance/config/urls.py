"""All addresses: pages under /en/, /fr/, /sv/, the API under /api/v1/, /healthz and /readyz."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from alliance.config import api_docs, status
from alliance.desk import urls as desk
from alliance.knowledge import urls as knowledge
from alliance.news import urls as news
from alliance.opendata import urls as opendata
from alliance.web import views as web

#: These apps share the URL namespace `knowledge`.
knowledge_pages = [
    *knowledge.urlpatterns,
    *desk.urlpatterns,
    *news.urlpatterns,
    *opendata.urlpatterns,
]

urlpatterns = [
    path("healthz", status.healthz, name="healthz"),
    path("readyz", status.readyz, name="readyz"),
    path("metrics", web.metrics, name="metrics"),
    path("api/v1/", include("alliance.config.api")),
    *i18n_patterns(
        path("api/", api_docs.api_docs, name="api-docs"),
        path("status/", status.status, name="status"),
        # First, because patterns are tried from the top, and votes come by the thousand.
        path("", include("alliance.dialogues.urls")),
        path("", include("alliance.surveys.urls")),
        path("", include("alliance.budgeting.urls")),
        path("", include("alliance.campaigns.urls")),
        path("", include("alliance.plans.urls")),
        path("", include("alliance.participation.urls")),
        path("", include("alliance.web.urls")),
        path("", include("alliance.accounts.urls")),
        path("", include("alliance.accounts.sign_in_urls")),
        path("", include((knowledge_pages, "knowledge"))),
        path("", include("alliance.network.urls")),
        path("", include("alliance.indicators.urls")),
        path("", include("alliance.indicators.urls_entering")),
        path("", include("alliance.equity.urls")),
        path("", include("alliance.testbeds.urls")),
        path("", include("alliance.adoption.urls")),
        path("", include("alliance.workshops.urls")),
        path("", include("alliance.research.urls")),
        path("", include("alliance.groups.urls")),
        path("", include("alliance.search.urls")),
        path("", include("alliance.reports.urls")),
        path("", include("alliance.thread.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "alliance.web.views.handler400"
handler403 = "alliance.web.views.handler403"
handler404 = "alliance.web.views.handler404"
# Not a handler of Django; allauth calls it after too many attempts.
handler429 = "alliance.accounts.middleware.too_many"
handler500 = "alliance.web.views.handler500"
