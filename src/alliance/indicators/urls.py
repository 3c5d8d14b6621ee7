"""URLs of the indicators, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.indicators.views import defining, indicators, network, releases

app_name = "indicators"

urlpatterns = [
    path("indicators/", network.network, name="network"),
    path("indicators/new", defining.NewIndicator.as_view(), name="new"),
    path("indicators/common", defining.CommonSet.as_view(), name="common"),
    path("indicators/compare", network.compare, name="compare"),
    path("indicators/revisions/", indicators.revision_list, name="revisions"),
    path("indicators/revisions.atom", indicators.revision_feed, name="revision-feed"),
    path("indicators/releases/", releases.release_list, name="releases"),
    path("indicators/releases/make", releases.make, name="release-make"),
    path("indicators/releases/<str:public_id>/", releases.release, name="release"),
    path("indicators/<str:public_id>/", indicators.indicator, name="indicator"),
    path(
        "indicators/<str:public_id>/define/<path:key>", defining.NewVersion.as_view(), name="define"
    ),
    path("indicators/<str:public_id>/targets/new", defining.SetTarget.as_view(), name="target"),
    path(
        "indicators/<str:public_id>/targets/<int:target>/end",
        defining.EndTarget.as_view(),
        name="target-end",
    ),
    path("cities/<str:public_id>/indicators/", network.profile, name="city"),
]
