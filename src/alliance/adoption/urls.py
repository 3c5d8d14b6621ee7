"""URLs of adoptions, below the language prefix."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import path
from django.views.generic import RedirectView

from alliance.adoption.views import adoptions, checking, give_and_take, piloting, starting

app_name = "adoption"


def _moved(name: str) -> Callable[..., HttpResponseBase]:
    return RedirectView.as_view(pattern_name=f"adoption:{name}", permanent=True, query_string=True)


urlpatterns = [
    path("adoptions/", adoptions.adoptions, name="adoptions"),
    path("adoptions/<str:public_id>/", adoptions.adoption, name="adoption"),
    path("adoptions/<str:public_id>/agree", adoptions.Agree.as_view(), name="agree"),
    path("adoptions/<str:public_id>/terms", adoptions.Terms.as_view(), name="terms"),
    path("adoptions/<str:public_id>/plan/", adoptions.plan, name="plan"),
    path("adoptions/<str:public_id>/plan/change", adoptions.Plan.as_view(), name="plan-change"),
    path("adoptions/<str:public_id>/check", checking.Fairness.as_view(), name="fairness"),
    path("adoptions/<str:public_id>/pilot", piloting.PilotNew.as_view(), name="pilot"),
    path("adoptions/<str:public_id>/end", adoptions.End.as_view(), name="end"),
    path("adoptions/<str:public_id>/steps/<int:number>", adoptions.Step.as_view(), name="step"),
    path("adoptions/<str:public_id>/review", adoptions.Review.as_view(), name="review"),
    path("adoptions/<str:public_id>/posts/new", adoptions.Post.as_view(), name="post"),
    path("cases/<str:public_id>/chain/", adoptions.chain, name="case-chain"),
    path("cases/<str:public_id>/adopt", starting.AdoptCase.as_view(), name="adopt-case"),
    path(
        "solutions/<str:public_id>/adopt", starting.AdoptSolution.as_view(), name="adopt-solution"
    ),
    path("needs/<str:public_id>/adopt", starting.AdoptNeed.as_view(), name="adopt-need"),
    path("give-and-take/", give_and_take.give_and_take, name="give-and-take"),
    path(
        "cities/<str:public_id>/give-and-take/",
        give_and_take.city_give_and_take,
        name="city-give-and-take",
    ),
    path("twins/", give_and_take.twins, name="twins"),
    # Former addresses of agreements and their plans.
    path("agreements/", _moved("adoptions"), name="agreements"),
    path("agreements/<str:public_id>/", _moved("adoption"), name="agreement"),
    path("agreements/<str:public_id>/plan/", _moved("plan"), name="agreement-plan"),
]
