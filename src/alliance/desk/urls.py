"""URLs of the secretariat's dashboard, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.desk.selectors.desk import CONTENT, SERVER
from alliance.desk.views import audit, desk, emails, measures, organisations, people

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/content/", desk.desk_tab, {"tab": CONTENT}, name="desk-content"),
    path("desk/cities/", desk.desk_cities, name="desk-cities"),
    path("desk/server/", desk.desk_tab, {"tab": SERVER}, name="desk-server"),
    path("desk/people/", people.people, name="desk-people"),
    path("desk/people/<str:public_id>/", people.PersonPage.as_view(), name="desk-person"),
    path(
        "desk/people/<str:public_id>/roles/<str:role>/end",
        people.EndRole.as_view(),
        name="desk-role-end",
    ),
    path("desk/organisations/", organisations.organisations, name="desk-organisations"),
    path(
        "desk/organisations/new",
        organisations.OrganisationPage.as_view(),
        name="desk-organisation-new",
    ),
    path(
        "desk/organisations/<str:public_id>/",
        organisations.OrganisationPage.as_view(),
        name="desk-organisation",
    ),
    path("desk/organisations/<str:public_id>/remind", desk.desk_remind, name="desk-remind"),
    path(
        "desk/organisations/<str:public_id>/ask-facts", desk.desk_ask_facts, name="desk-ask-facts"
    ),
    path("desk/cities/new", organisations.CityPage.as_view(), name="desk-city-new"),
    path("desk/cities/<str:public_id>/", organisations.CityPage.as_view(), name="desk-city"),
    path("desk/measures/", measures.measures, name="desk-measures"),
    path("desk/measures/new", measures.MeasurePage.as_view(), name="desk-measure-new"),
    path("desk/measures/near", measures.near, name="desk-measures-near"),
    path("desk/measures/<str:slug>/merge", measures.MergePage.as_view(), name="desk-measure-merge"),
    path("desk/measures/<str:slug>/", measures.MeasurePage.as_view(), name="desk-measure"),
    path("desk/units/", measures.units, name="desk-units"),
    path("desk/units/new", measures.UnitPage.as_view(), name="desk-unit-new"),
    path("desk/units/near", measures.near, {"of_units": True}, name="desk-units-near"),
    path("desk/units/<str:code>/merge", measures.MergeUnitPage.as_view(), name="desk-unit-merge"),
    path("desk/units/<str:code>/", measures.UnitPage.as_view(), name="desk-unit"),
    path("desk/waiting/", desk.desk_waiting, name="desk-waiting"),
    path("desk/stale/", desk.desk_stale, name="desk-stale"),
    path("desk/stale/cases", desk.desk_stale_cases, name="desk-stale-cases"),
    path("desk/facts/", desk.desk_facts, name="desk-facts"),
    path("desk/emails/", emails.emails, name="desk-emails"),
    path("desk/audit/", audit.log, name="desk-audit"),
    path("desk/audit/audit.csv", audit.log_csv, name="desk-audit-csv"),
]
