"""Page addresses of workshops, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.workshops.views import public, running

app_name = "workshops"

urlpatterns = [
    path("workshops/", public.workshops, name="workshops"),
    path("workshops/new", running.Start.as_view(), name="start"),
    path("workshops/places/<str:token>/", public.place, name="place"),
    path("workshops/places/<str:token>/confirm", public.Confirm.as_view(), name="confirm"),
    path("workshops/places/<str:token>/change", public.ChangePlace.as_view(), name="change"),
    path("workshops/places/<str:token>/leave", public.Leave.as_view(), name="leave"),
    path("workshops/<str:public_id>/", public.workshop, name="workshop"),
    path("workshops/<str:public_id>/sign-up", public.SignUp.as_view(), name="sign-up"),
    path("workshops/<str:public_id>/run", running.manage, name="manage"),
    path("workshops/<str:public_id>/facts", running.Facts.as_view(), name="facts"),
    path("workshops/<str:public_id>/programme", running.Programme.as_view(), name="programme"),
    path("workshops/<str:public_id>/questions", running.Questions.as_view(), name="questions"),
    path("workshops/<str:public_id>/words", running.Translate.as_view(), name="words"),
    path("workshops/<str:public_id>/announce", running.Announce.as_view(), name="announce"),
    path("workshops/<str:public_id>/cancel", running.Cancel.as_view(), name="cancel"),
    path("workshops/<str:public_id>/drop", running.Drop.as_view(), name="drop"),
]
