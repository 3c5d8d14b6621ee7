"""Page addresses of testbeds and pilots, below the language prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from alliance.testbeds.views import (
    answers,
    bookings,
    challenges,
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
    path("cite.bib", pilots.cite, name="pilot-bib"),
    path("versions/<int:number>/protocol.json", pilots.protocol, name="pilot-protocol"),
    path("plan/<str:step>/", planning.step, name="pilot-step"),
    path("power", planning.simulate, name="pilot-power"),
    path("freeze", planning.freeze, name="pilot-freeze"),
    path("drop", planning.drop, name="pilot-drop"),
    path("deviate", planning.deviate, name="pilot-deviate"),
    path("stop", planning.stop, name="pilot-stop"),
    path("template.csv", data.template, name="pilot-template"),
    path("data", data.send, name="pilot-data"),
    path("data/<str:data_id>/", data.download, name="pilot-data-file"),
    path("analyse", results.analyse, name="pilot-analyse"),
    path("explore", results.explore, name="pilot-explore"),
    path("results/<str:result_id>/", results.result, name="result"),
    path("places/<str:city_id>/case", results.make_case, name="pilot-case"),
]

_testbed: list[URLPattern | URLResolver] = [
    path("", testbeds.testbed, name="testbed"),
    path("change", testbeds.testbed_change, name="testbed-change"),
    path("state", testbeds.testbed_state, name="testbed-state"),
    path("bookings/new", bookings.booking_new, name="booking-new"),
    path("bookings/<str:booking_id>/", bookings.booking, name="booking"),
    path("bookings/<str:booking_id>/answer", bookings.booking_answer, name="booking-answer"),
    path("bookings/<str:booking_id>/withdraw", bookings.booking_withdraw, name="booking-withdraw"),
    path("bookings/<str:booking_id>/pilot", bookings.booking_pilot, name="booking-pilot"),
]

_challenge: list[URLPattern | URLResolver] = [
    path("", challenges.challenge, name="challenge"),
    path("change", challenges.challenge_change, name="challenge-change"),
    path("withdraw", challenges.challenge_withdraw, name="challenge-withdraw"),
    path("decide", challenges.challenge_decide, name="challenge-decide"),
    path("answers/new", answers.answer_new, name="answer-new"),
    path("answers/<str:answer_id>/", answers.answer, name="answer"),
    path("answers/<str:answer_id>/change", answers.answer_change, name="answer-change"),
    path("answers/<str:answer_id>/withdraw", answers.answer_withdraw, name="answer-withdraw"),
    path("answers/<str:answer_id>/pilot", answers.answer_pilot, name="answer-pilot"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<str:public_id>/fit", fit.case_fit, name="case-fit"),
    path("solutions/<str:public_id>/fit", fit.solution_fit, name="solution-fit"),
    path("pilots/", pilots.pilot_index, name="pilots"),
    path("pilots/new", planning.new, name="pilot-new"),
    path("pilots/<str:public_id>/", include(_pilot)),
    path("testbeds/", testbeds.testbeds, name="testbeds"),
    path("testbeds/new", testbeds.testbed_new, name="testbed-new"),
    path("testbeds/<str:public_id>/", include(_testbed)),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/new", challenges.challenge_new, name="challenge-new"),
    path("challenges/<str:public_id>/", include(_challenge)),
]
