"""Page addresses of digest and feeds, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.news.views import digest, feeds

urlpatterns = [
    path("digest/", digest.digest, name="digest"),
    path("digest/stop/<str:token>/", digest.stop, name="digest-stop"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<str:kind>.atom", feeds.feed, name="feed"),
]
