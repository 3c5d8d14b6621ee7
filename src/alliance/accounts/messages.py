"""The sentences of faults in what people, roles and rights are given; words of accounts' mail.

Letters and messages about accounts say these in place of those that allauth ships.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "no-name-of-person": _("A name holds neither line breaks nor addresses."),
        "no-role": _("There is no such role."),
        "ends-in-past": _("The end must lie in the future."),
        "has-role": _("This person has the role already."),
        "has-not-role": _("This person does not have the role."),
        "last-of-secretariat": _("Somebody must remain in the secretariat."),
        "short-reason": _("Say in at least %(least)s characters what you need the rights for."),
    },
)

# What a page says after something was done; by the name allauth knows the message by.
MESSAGES = {
    "account/messages/logged_in.txt": _("You are signed in."),
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/email_confirmation_sent.txt": _("An email is on its way to %(email)s."),
    "account/messages/email_confirmed.txt": _("The address %(email)s is confirmed."),
    "account/messages/email_confirmation_failed.txt": _(
        "The address %(email)s cannot be confirmed, because another account has it."
    ),
    "account/messages/email_deleted.txt": _("The address %(email)s was removed."),
    "account/messages/cannot_delete_primary_email.txt": _(
        "The address %(email)s cannot be removed, because you sign in with it."
    ),
    "account/messages/primary_email_set.txt": _("You now sign in with the new address."),
    "account/messages/unverified_primary_email.txt": _("Confirm this address first."),
    "account/messages/password_changed.txt": _("Your password was changed."),
    "account/messages/password_set.txt": _("Your password was set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer asked for."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes."),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "socialaccount/messages/account_connected.txt": _("You can now sign in this way too."),
    "socialaccount/messages/account_connected_updated.txt": _("You can sign in this way."),
    "socialaccount/messages/account_connected_other.txt": _(
        "This sign-in belongs to another account already."
    ),
    "socialaccount/messages/account_disconnected.txt": _("You no longer sign in this way."),
    "usersessions/messages/sessions_logged_out.txt": _("All other sessions are signed out."),
}

# Subjects of letters that ask for something; their text is in a template of the same name.
SUBJECTS = {
    "account/email/email_confirmation_signup": _("Confirm your address"),
    "account/email/email_confirmation": _("Confirm your new address"),
    "account/email/password_reset_key": _("Choose a new password"),
    "account/email/account_already_exists": _("You have an account already"),
    "account/email/unknown_account": _("There is no account with your address"),
}

# What happened to an account; each is a letter of its own to its owner, subject and text in one.
NOTICES = {
    "account/email/email_changed": _("The address you sign in with was changed to %(to_email)s."),
    "account/email/email_confirm": _("Your address was confirmed."),
    "account/email/email_deleted": _("The address %(deleted_email)s was removed."),
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_reset": _("Your password was changed by a link sent to you."),
    "account/email/password_set": _("A password was set for your account."),
    "mfa/email/totp_activated": _("An authenticator app was set up for your account."),
    "mfa/email/totp_deactivated": _("The authenticator app of your account was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "socialaccount/email/account_connected": _("A way to sign in was added: %(provider)s."),
    "socialaccount/email/account_disconnected": _("A way to sign in was removed: %(provider)s."),
}

# Faults in forms, by the code allauth knows them by.
SIGN_IN_FAULTS = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("This is your address already."),
    "email_password_mismatch": _("Address and password do not belong together. Check both."),
    "email_taken": _("This address cannot be used here."),
    "enter_current_password": _("This is not your present password."),
    "incorrect_code": _("This code is not right. Codes of an app change every 30 seconds."),
    "incorrect_password": _("This is not your password."),
    "invalid_or_expired_key": _("The link is wrong or too old."),
    "invalid_login": _("This sign-in does not work."),
    "invalid_password_reset": _("The link is wrong, too old or was used already."),
    "same_as_current": _("This is what stands there already."),
    "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
    "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
}
SECOND_FACTOR_FAULTS = {
    "cannot_delete_authenticator": _("This cannot be removed."),
    "cannot_generate_recovery_codes": _(
        "Recovery codes need a passkey or an authenticator app to stand in for."
    ),
    "incorrect_code": _("This code or passkey is not right. Try once more."),
    "unverified_email": _("Confirm your address first."),
}
SINGLE_SIGN_ON_FAULTS = {
    "email_taken": _(
        "There is an account with this address. Sign in to it first, then add %s to it."
    ),
    "invalid_token": _("The provider’s answer could not be checked."),
    "no_password": _("Set a password first, or you could not sign in any more."),
    "no_verified_email": _("Confirm your address first."),
    "disconnect_last": _("This is the only way you can sign in."),
    "connected_other": _("This sign-in belongs to another account already."),
}
