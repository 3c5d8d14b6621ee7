"""Page addresses of processes, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.participation.views import (
    answering,
    device,
    evaluating,
    moderating,
    papers,
    residents,
    running,
)

app_name = "participation"

urlpatterns = [
    path("take-part/", residents.processes, name="processes"),
    path("take-part/new", running.Start.as_view(), name="start"),
    path("take-part/record", evaluating.Record.as_view(), name="record"),
    path("take-part/records/<str:public_id>", evaluating.Change.as_view(), name="change-record"),
    path("take-part/receipt", residents.Receipt.as_view(), name="receipt"),
    path("take-part/this-device", device.this_device, name="this-device"),
    path("take-part/this-device/clear", device.clear, name="clear-device"),
    path("take-part/this-device/add", device.add, name="add-to-account"),
    path("take-part/<str:public_id>/", residents.TakePart.as_view(), name="take-part"),
    path("take-part/<str:public_id>/results/", residents.results, name="results"),
    path("take-part/<str:public_id>/mine/", residents.Mine.as_view(), name="mine"),
    path("take-part/<str:public_id>/mine/email", residents.Email.as_view(), name="email"),
    path(
        "take-part/<str:public_id>/mine/email/stop",
        residents.StopEmails.as_view(),
        name="email-stop",
    ),
    path("take-part/<str:public_id>/mine/delete", residents.Delete.as_view(), name="delete"),
    path("take-part/<str:public_id>/mine/data.json", residents.my_data, name="my-data"),
    path(
        "take-part/<str:public_id>/email/<str:token>/",
        residents.confirm_email,
        name="email-confirm",
    ),
    path("take-part/<str:public_id>/ground.json", residents.ground_file, name="ground-file"),
    path("take-part/proposals/<str:post_id>/", residents.proposal_page, name="proposal-page"),
    path(
        "take-part/<str:public_id>/proposals/<str:post_id>/",
        residents.Proposal.as_view(),
        name="proposal",
    ),
    path(
        "take-part/<str:public_id>/proposals/<str:post_id>/support",
        residents.Support.as_view(),
        name="support",
    ),
    path(
        "take-part/<str:public_id>/texts/<str:post_id>/report",
        moderating.Report.as_view(),
        name="report",
    ),
    path(
        "take-part/<str:public_id>/texts/<str:post_id>/object",
        moderating.Object.as_view(),
        name="object",
    ),
    path("take-part/<str:public_id>/waiting/", moderating.waiting, name="waiting"),
    path(
        "take-part/<str:public_id>/waiting/<str:post_id>",
        moderating.Moderate.as_view(),
        name="moderate",
    ),
    path("take-part/<str:public_id>/manage/", running.manage, name="manage"),
    path("take-part/<str:public_id>/answers/", answering.answers, name="answers"),
    path("take-part/<str:public_id>/answers/group", answering.GroupAlike.as_view(), name="group"),
    path(
        "take-part/<str:public_id>/answers/<int:number>",
        answering.AnswerGroup.as_view(),
        name="answer",
    ),
    path(
        "take-part/<str:public_id>/promises/<str:promise_id>",
        answering.FulfilPromise.as_view(),
        name="keep",
    ),
    path("take-part/<str:public_id>/ask", running.Ask.as_view(), name="ask"),
    path("take-part/<str:public_id>/promise", running.Promise.as_view(), name="promise"),
    path("take-part/<str:public_id>/prepare", running.Prepare.as_view(), name="prepare"),
    path("take-part/<str:public_id>/seeds", running.Seeds.as_view(), name="seeds"),
    path(
        "take-part/<str:public_id>/translate/<str:code>",
        running.Translate.as_view(),
        name="translate",
    ),
    path("take-part/<str:public_id>/census", running.Census.as_view(), name="census"),
    path("take-part/<str:public_id>/open", running.Open.as_view(), name="open"),
    path("take-part/<str:public_id>/evaluation/", evaluating.evaluation, name="evaluation"),
    path("take-part/<str:public_id>/evaluate", evaluating.Evaluate.as_view(), name="evaluate"),
    path("take-part/<str:public_id>/drop", running.Drop.as_view(), name="drop"),
    path("take-part/<str:public_id>/enter", running.Enter.as_view(), name="enter"),
    path("take-part/<str:public_id>/poster.pdf", papers.poster, name="poster"),
    path("take-part/<str:public_id>/form.pdf", papers.form, name="form"),
    path("take-part/<str:public_id>/button.svg", papers.button, name="button"),
]
