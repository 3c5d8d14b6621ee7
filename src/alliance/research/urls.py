"""URLs of questions to universities, below the language prefix."""

from __future__ import annotations

from django.urls import include, path

from alliance.knowledge.views import translations
from alliance.research import views

app_name = "research"

_question = [
    path("", views.question, name="question"),
    path("change", views.Change.as_view(), name="change"),
    path("word", views.Word.as_view(), name="word"),
    path("withdraw", views.Withdraw.as_view(), name="withdraw"),
    path("ask", views.AskResearcher.as_view(), name="ask-one"),
    path("take-on", views.TakeOn.as_view(), name="take-on"),
    path("no", views.DeclineQuestion.as_view(), name="say-no"),
    path("answer", views.Answer.as_view(), name="answer"),
    path("accept", views.Accept.as_view(), name="accept"),
    path("missing", views.Missing.as_view(), name="missing"),
    path("work/<str:work_id>/reply", views.Reply.as_view(), name="reply"),
    path("work/<str:work_id>/steps/<int:number>/done", views.StepDone.as_view(), name="step-done"),
]

urlpatterns = [
    path("research/", views.research, name="research"),
    path("research/ask", views.Ask.as_view(), name="ask"),
    path("research/profile", views.Profile.as_view(), name="profile"),
    path("research/profile/delete", views.TakeBack.as_view(), name="take-back"),
    path("research/people/<str:public_id>/", views.researcher, name="researcher"),
    path("research/questions/<str:public_id>/", include(_question)),
    path("research/answers/<str:public_id>/", views.answer_page, name="answer-page"),
    path(
        "research/answers/<str:public_id>/translate/<str:to>",
        translations.translate,
        {"kind": "research answer"},
        name="answer-translate",
    ),
]
