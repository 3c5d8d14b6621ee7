"""The fault messages of people, roles and rights; texts of emails about accounts.

They replace the texts that allauth ships.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "no-name-of-person": _("Enter a name without line breaks or web addresses."),
        "no-role": _("This role does not exist."),
        "ends-in-past": _("Choose an end date in the future."),
        "has-role": _("This person already has the role."),
        "has-not-role": _("This person does not have the role."),
        "last-of-secretariat": _("The secretariat needs at least one member."),
        "short-reason": _("Explain in at least %(least)s characters why you need the rights."),
    },
)

# Success messages, by allauth's name of the message.
MESSAGES = {
    "account/messages/logged_in.txt": _("You are signed in."),
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/email_confirmation_sent.txt": _("We have sent an email to %(email)s."),
    "account/messages/email_confirmed.txt": _("The address %(email)s is confirmed."),
    "account/messages/email_confirmation_failed.txt": _(
        "The address %(email)s cannot be confirmed because another account uses it."
    ),
    "account/messages/email_deleted.txt": _("The address %(email)s has been removed."),
    "account/messages/cannot_delete_primary_email.txt": _(
        "You cannot remove the address %(email)s because you sign in with it."
    ),
    "account/messages/primary_email_set.txt": _("You now sign in with the new address."),
    "account/messages/unverified_primary_email.txt": _("Confirm this address first."),
    "account/messages/password_changed.txt": _("Your password has been changed."),
    "account/messages/password_set.txt": _("Your password has been set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app has been removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes have been created."),
    "mfa/messages/webauthn_added.txt": _("The passkey has been added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey has been removed."),
    "socialaccount/messages/account_connected.txt": _("You can now sign in this way too."),
    "socialaccount/messages/account_connected_updated.txt": _("You can sign in this way."),
    "socialaccount/messages/account_connected_other.txt": _(
        "This sign-in method is already linked to another account."
    ),
    "socialaccount/messages/account_disconnected.txt": _("You can no longer sign in this way."),
    "usersessions/messages/sessions_logged_out.txt": _(
        "You have been signed out of all other sessions."
    ),
}

# Subjects of emails that need an action; their text is in a template of the same name.
SUBJECTS = {
    "account/email/email_confirmation_signup": _("Confirm your email address"),
    "account/email/email_confirmation": _("Confirm your new email address"),
    "account/email/password_reset_key": _("Choose a new password"),
    "account/email/account_already_exists": _("You already have an account"),
    "account/email/unknown_account": _("No account with your email address"),
}

# Notifications about an account; each is an email to its owner, subject and text in one.
NOTICES = {
    "account/email/email_changed": _("Your sign-in address has been changed to %(to_email)s."),
    "account/email/email_confirm": _("Your address has been confirmed."),
    "account/email/email_deleted": _("The address %(deleted_email)s has been removed."),
    "account/email/password_changed": _("Your password has been changed."),
    "account/email/password_reset": _("Your password has been changed using a link sent to you."),
    "account/email/password_set": _("A password has been set for your account."),
    "mfa/email/totp_activated": _("An authenticator app has been set up for your account."),
    "mfa/email/totp_deactivated": _("The authenticator app has been removed from your account."),
    "mfa/email/recovery_codes_generated": _(
        "New recovery codes have been created for your account."
    ),
    "mfa/email/webauthn_added": _("A passkey has been added to your account."),
    "mfa/email/webauthn_removed": _("A passkey has been removed from your account."),
    "socialaccount/email/account_connected": _("A way to sign in has been added: %(provider)s."),
    "socialaccount/email/account_disconnected": _(
        "A way to sign in has been removed: %(provider)s."
    ),
}

# Faults of forms, by allauth's code.
SIGN_IN_FAULTS = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("This is already your address."),
    "email_password_mismatch": _("The address or the password is wrong. Check both."),
    "email_taken": _("You cannot use this address here. Enter another one."),
    "enter_current_password": _("The current password is wrong. Try again."),
    "incorrect_code": _(
        "The code is wrong. App codes change every 30 seconds: enter the latest one."
    ),
    "incorrect_password": _("The password is wrong. Try again."),
    "invalid_or_expired_key": _("This link is wrong or has expired. Request a new one."),
    "invalid_login": _("Sign-in failed. Try again."),
    "invalid_password_reset": _(
        "This link is wrong, has expired or has already been used. Request a new one."
    ),
    "same_as_current": _("This is the current value. Enter a different one."),
    "too_many_login_attempts": _("Too many wrong attempts. Wait five minutes, then try again."),
    "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
}
SECOND_FACTOR_FAULTS = {
    "cannot_delete_authenticator": _("This cannot be removed."),
    "cannot_generate_recovery_codes": _(
        "Add a passkey or an authenticator app before you create recovery codes."
    ),
    "incorrect_code": _("The code or passkey is wrong. Try again."),
    "unverified_email": _("Confirm your address first."),
}
SINGLE_SIGN_ON_FAULTS = {
    "email_taken": _(
        "An account with this address already exists. Sign in to it first, then add %s."
    ),
    "invalid_token": _("The provider’s response could not be verified. Try again."),
    "no_password": _("Set a password first; otherwise you will no longer be able to sign in."),
    "no_verified_email": _("Confirm your address first."),
    "disconnect_last": _("This is your only way to sign in. Add another one first."),
    "connected_other": _("This sign-in method is already linked to another account."),
}
