"""Page addresses of testbeds and pilots, below the language prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from alliance.testbeds.views import data, fit, pilots, planning, results

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

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<str:public_id>/fit", fit.case_fit, name="case-fit"),
    path("solutions/<str:public_id>/fit", fit.solution_fit, name="solution-fit"),
    path("pilots/", pilots.pilot_index, name="pilots"),
    path("pilots/new", planning.new, name="pilot-new"),
    path("pilots/<str:public_id>/", include(_pilot)),
]
