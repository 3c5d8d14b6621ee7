"""Page addresses of workshops, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.workshops.views import public, running

app_name = "workshops"

urlpatterns = [
    path("workshops/", public.workshops, name="workshops"),
    path("workshops/feed.atom", public.feed, name="feed"),
    path("workshops/new", running.Start.as_view(), name="start"),
    path("workshops/places/<str:token>/", public.place, name="place"),
    path("workshops/places/<str:token>/confirm", public.Confirm.as_view(), name="confirm"),
    path("workshops/places/<str:token>/change", public.ChangePlace.as_view(), name="change"),
    path("workshops/places/<str:token>/leave", public.Leave.as_view(), name="leave"),
    path("workshops/places/<str:token>/code.svg", public.check_in_code, name="door-code"),
    path("workshops/places/<str:token>/certificate.pdf", public.certificate, name="certificate"),
    path("workshops/places/<str:token>/feedback", public.GiveFeedback.as_view(), name="feedback"),
    path("workshops/places/<str:token>/new-address", public.Renew.as_view(), name="renew"),
    path("workshops/places/<str:token>/meet-nobody", public.MeetNobody.as_view(), name="no-meet"),
    path(
        "workshops/places/<str:token>/meetings/<str:meeting_id>/decline",
        public.Decline.as_view(),
        name="decline",
    ),
    path("workshops/calendars/<str:token>.ics", public.calendar, name="calendar"),
    path("workshops/materials/<str:file_id>", public.material, name="file"),
    path("workshops/door/<str:token>", running.Scan.as_view(), name="scan"),
    path("workshops/<str:public_id>/", public.workshop, name="workshop"),
    path("workshops/<str:public_id>/sign-up", public.SignUp.as_view(), name="sign-up"),
    path("workshops/<str:public_id>/run", running.manage, name="manage"),
    path("workshops/<str:public_id>/facts", running.Facts.as_view(), name="facts"),
    path("workshops/<str:public_id>/programme", running.Programme.as_view(), name="programme"),
    path("workshops/<str:public_id>/questions", running.Questions.as_view(), name="questions"),
    path("workshops/<str:public_id>/words", running.Translate.as_view(), name="words"),
    path("workshops/<str:public_id>/pairs", running.PairUp.as_view(), name="pair-up"),
    path("workshops/<str:public_id>/tables", running.Tables.as_view(), name="tables"),
    path("workshops/<str:public_id>/door", running.CheckIn.as_view(), name="door"),
    path("workshops/<str:public_id>/materials", running.Materials.as_view(), name="materials"),
    path(
        "workshops/<str:public_id>/materials/<str:file_id>/remove",
        running.RemoveMaterial.as_view(),
        name="remove-file",
    ),
    path("workshops/<str:public_id>/minutes", running.WriteMinutes.as_view(), name="minutes"),
    path("workshops/<str:public_id>/announce", running.Announce.as_view(), name="announce"),
    path("workshops/<str:public_id>/cancel", running.Cancel.as_view(), name="cancel"),
    path("workshops/<str:public_id>/drop", running.Drop.as_view(), name="drop"),
]
