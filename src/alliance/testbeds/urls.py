"""URLs of testbeds and pilots, below the language prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from alliance.testbeds.views import (
    answers,
    bookings,
    challenges,
    city_answers,
    data,
    fit,
    pilots,
    planning,
    results,
    testbeds,
)

app_name = "testbeds"

_pilot: list[URLPattern | URLResolver] = [
    path("", pilots.pilot, name="pilot"),
    path("versions/<int:number>/protocol.json", pilots.protocol, name="pilot-protocol"),
    path("sources/<int:number>/", pilots.stored_copy, name="pilot-copy"),
    path("plan/before/", planning.FiguresBefore.as_view(), name="pilot-before"),
    path("plan/check/", planning.Confirm.as_view(), name="pilot-check"),
    path("plan/fairness", planning.Fairness.as_view(), name="pilot-fairness"),
    path("plan/details/", planning.PlanDetails.as_view(), name="pilot-details"),
    path("lots.csv", data.allocation_csv, name="pilot-lots"),
    path("drop", planning.Drop.as_view(), name="pilot-drop"),
    path("deviate", planning.Deviate.as_view(), name="pilot-deviate"),
    path("notes/<str:kind>", planning.NoteNew.as_view(), name="pilot-note"),
    path("stop", planning.Stop.as_view(), name="pilot-stop"),
    path("template.csv", data.template, name="pilot-template"),
    path("data", data.Send.as_view(), name="pilot-data"),
    path("data/<str:data_id>/", data.download, name="pilot-data-file"),
    path("analyse", results.Analyse.as_view(), name="pilot-analyse"),
    path("explore", results.Explore.as_view(), name="pilot-explore"),
    path("results/<str:result_id>/", results.result, name="result"),
    path("places/<str:city_id>/case", results.MakeCase.as_view(), name="pilot-case"),
]

_testbed: list[URLPattern | URLResolver] = [
    path("", testbeds.testbed, name="testbed"),
    path("change", testbeds.TestbedChange.as_view(), name="testbed-change"),
    path("state", testbeds.TestbedOpening.as_view(), name="testbed-state"),
    path("bookings/new", bookings.BookingNew.as_view(), name="booking-new"),
    path("bookings/<str:booking_id>/", bookings.booking, name="booking"),
    path(
        "bookings/<str:booking_id>/answer", bookings.BookingAnswer.as_view(), name="booking-answer"
    ),
    path(
        "bookings/<str:booking_id>/withdraw",
        bookings.BookingWithdraw.as_view(),
        name="booking-withdraw",
    ),
    path("bookings/<str:booking_id>/pilot", bookings.BookingPilot.as_view(), name="booking-pilot"),
]

_challenge: list[URLPattern | URLResolver] = [
    path("", challenges.challenge, name="challenge"),
    path("change", challenges.ChallengeChange.as_view(), name="challenge-change"),
    path("withdraw", challenges.ChallengeWithdraw.as_view(), name="challenge-withdraw"),
    path("decide", challenges.ChallengeDecide.as_view(), name="challenge-decide"),
    path("answers/new", answers.AnswerNew.as_view(), name="answer-new"),
    path("answers/<str:answer_id>/", answers.answer, name="answer"),
    path("answers/<str:answer_id>/change", answers.AnswerChange.as_view(), name="answer-change"),
    path(
        "answers/<str:answer_id>/withdraw", answers.AnswerWithdraw.as_view(), name="answer-withdraw"
    ),
    path("answers/<str:answer_id>/pilot", answers.AnswerPilot.as_view(), name="answer-pilot"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "cities/<str:public_id>/answers", city_answers.AnswerForCity.as_view(), name="city-answers"
    ),
    path("cases/<str:public_id>/fit", fit.case_fit, name="case-fit"),
    path("solutions/<str:public_id>/fit", fit.solution_fit, name="solution-fit"),
    path("pilots/", pilots.pilot_index, name="pilots"),
    path("pilots/new", planning.New.as_view(), name="pilot-new"),
    path("pilots/<str:public_id>/", include(_pilot)),
    path("testbeds/", testbeds.testbeds, name="testbeds"),
    path("testbeds/new", testbeds.TestbedNew.as_view(), name="testbed-new"),
    path("testbeds/<str:public_id>/", include(_testbed)),
    path("businesses/", challenges.businesses, name="businesses"),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/new", challenges.ChallengeNew.as_view(), name="challenge-new"),
    path("challenges/<str:public_id>/", include(_challenge)),
]
