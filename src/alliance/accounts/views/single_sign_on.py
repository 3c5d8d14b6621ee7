"""Views that lead to the provider of single sign-on and back."""

from __future__ import annotations

import requests
import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

log = structlog.get_logger(__name__)


@never_cache
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Ask whether to continue to the provider; then redirect by a page.

    The content policy allows forms to be submitted to this site only, also by redirects.
    """
    try:
        provider = get_adapter(request).get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        response = openid_connect.login(request, provider_id)
    except (requests.RequestException, ValueError, KeyError) as error:
        return _unreachable(request, error)
    if response.status_code != 302:
        return response
    where = response.headers["Location"]
    return render(
        request,
        "socialaccount/login_redirect.html",
        {"provider": provider, "redirect_to": where},
    )


@never_cache
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Process the response of the provider about the person."""
    try:
        return openid_connect.callback(request, provider_id)
    except (requests.RequestException, ValueError, KeyError) as error:
        return _unreachable(request, error)


def _unreachable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("the provider of single sign-on does not answer as it should", error=str(error))
    return render(request, "socialaccount/authentication_error.html", status=502)
