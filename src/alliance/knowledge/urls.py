"""Page addresses of the knowledge base, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.knowledge.views import cases, data, feeds, grade, methods, places, solutions, topics

app_name = "knowledge"

urlpatterns = [
    path("cases/<str:public_id>/", cases.case, name="case"),
    path("cases/<str:public_id>/versions/", cases.case_versions, name="case-versions"),
    path("cases/<str:public_id>/versions/<int:number>/", cases.case_version, name="case-version"),
    path(
        "cases/<str:public_id>/versions/diff",
        cases.case_version_diff,
        name="case-version-diff",
    ),
    path("cases/<str:public_id>/cite.bib", cases.case_bib, name="case-bib"),
    path("cases/<str:public_id>/cite.ris", cases.case_ris, name="case-ris"),
    path("compare", cases.compare, name="compare"),
    path("solutions/", solutions.solution_list, name="solutions"),
    path("solutions/<str:public_id>/", solutions.solution, name="solution"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<str:code>/", topics.topic, name="topic"),
    path("cities/", places.city_list, name="city-list"),
    path("cities/<str:public_id>/", places.city, name="city"),
    path("organisations/", places.organisation_list, name="organisations"),
    path("organisations/<str:public_id>/", places.organisation, name="organisation"),
    path("methods/", methods.method_list, name="methods"),
    path("methods/<str:public_id>/", methods.method, name="method"),
    path("data/", data.data, name="data"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<str:kind>.atom", feeds.feed, name="feed"),
    path("evidence-grade/", grade.evidence_grade, name="evidence-grade"),
]
