"""Addresses of the pages of allauth in use, and no others, below the language.

allauth looks its pages up by these names. Pages that the platform does not use have no address.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from allauth.usersessions import views as usersessions
from django.urls import include, path, re_path

from alliance.accounts.views import own, single_sign_on

_account = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", own.sign_out, name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("proof/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("email/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    path("email/confirm/<str:key>/", account.confirm_email, name="account_confirm_email"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", usersessions.list_usersessions, name="usersessions_list"),
]

_second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("code/", mfa.authenticate, name="mfa_authenticate"),
    path("proof/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("proof/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/sign-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/rename/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]

_single_sign_on = [
    path("", socialaccount.connections, name="socialaccount_connections"),
    path("sign-up/", socialaccount.signup, name="socialaccount_signup"),
    path("cancelled/", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
    path("error/", socialaccount.login_error, name="socialaccount_login_error"),
    path("<slug:provider_id>/", single_sign_on.start, name="openid_connect_login"),
    path("<slug:provider_id>/back/", single_sign_on.back, name="openid_connect_callback"),
]

urlpatterns = [
    path("accounts/", include(_account)),
    path("accounts/security/", include(_second_factor)),
    path("accounts/single-sign-on/", include(_single_sign_on)),
]
