"""Addresses of the pages of plain text; the language comes before them."""

from django.urls import path

from alliance.web import views

app_name = "web"

urlpatterns = [
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
