"""Page addresses of surveys, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.surveys import views

app_name = "surveys"

urlpatterns = [
    path("take-part/<str:public_id>/survey/", views.Answer.as_view(), name="answer"),
    path("take-part/<str:public_id>/questions", views.Questions.as_view(), name="questions"),
    path("take-part/<str:public_id>/survey/paper", views.Paper.as_view(), name="paper"),
    path("take-part/<str:public_id>/survey.csv", views.results_file, name="results-file"),
    path("take-part/<str:public_id>/survey/answers.csv", views.answers_file, name="answers-file"),
    path("take-part/<str:public_id>/survey/crossed", views.crosses, name="crossed"),
    path("take-part/<str:public_id>/survey/crossed.csv", views.crosses_file, name="crossed-file"),
    path("take-part/<str:public_id>/survey/map", views.SetGround.as_view(), name="ground"),
    path("take-part/<str:public_id>/survey.geojson", views.map_file, name="map-file"),
    path("take-part/<str:public_id>/survey/places.geojson", views.places_file, name="places-file"),
]
