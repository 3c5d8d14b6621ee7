"""Services of the network: one function for each action, in one short transaction."""

from alliance.network.services.invitations import Invited, accept_invitation, invite
from alliance.network.services.invitations import withdraw as withdraw_invitation
from alliance.network.services.memberships import (
    ask_to_edit,
    change_role,
    decline_editor,
    end_membership,
    give_membership,
)
from alliance.network.services.records import (
    free_id,
    save_city,
    save_organisation,
    save_statement_draft,
)
from alliance.network.services.tokens import MadeToken, make_token, revoke_token

__all__ = [
    "Invited",
    "MadeToken",
    "accept_invitation",
    "ask_to_edit",
    "change_role",
    "decline_editor",
    "end_membership",
    "free_id",
    "give_membership",
    "invite",
    "make_token",
    "revoke_token",
    "save_city",
    "save_organisation",
    "save_statement_draft",
    "withdraw_invitation",
]
