"""Page addresses of open data and of citations, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.opendata.views import downloads as views
from alliance.opendata.views import networks

urlpatterns = [
    path("data/", views.data, name="data"),
    path("cite/<str:code>/<str:public_id>/", views.cite, name="cite"),
    path("cite/<str:code>/<str:public_id>/cite.<str:form>", views.cite_file, name="cite-file"),
    path("desk/networks/", networks.Networks.as_view(), name="desk-networks"),
    path("desk/networks/<str:public_id>/", networks.network, name="desk-network"),
    path(
        "desk/networks/<str:public_id>/<str:verb>",
        networks.NetworkPostView.as_view(),
        name="desk-network-act",
    ),
    path(
        "desk/networks/<str:public_id>/records/<str:record>",
        networks.RecordPostView.as_view(),
        name="desk-network-record",
    ),
    # Former addresses, from when only cases could be cited.
    path(
        "cases/<str:public_id>/cite.<str:form>", views.cite_file, {"code": "case"}, name="case-cite"
    ),
    path(
        "pilots/<str:public_id>/cite.<str:form>",
        views.cite_file,
        {"code": "pilot"},
        name="pilot-cite",
    ),
]
