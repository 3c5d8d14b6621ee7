"""Addresses of the static pages, below the language."""

from django.urls import path

from alliance.web import views

app_name = "web"

urlpatterns = [
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
