"""Services on people: roles, extended rights, one-time links, accounts."""

from alliance.accounts.services.elevation import elevate, end_elevation
from alliance.accounts.services.first import make_first_account, make_first_link
from alliance.accounts.services.grants import end_role, give_role
from alliance.accounts.services.links import LinkRefused, make_link, peek_link, use_link
from alliance.accounts.services.people import make_person, save_profile

__all__ = [
    "LinkRefused",
    "elevate",
    "end_elevation",
    "end_role",
    "give_role",
    "make_first_account",
    "make_first_link",
    "make_link",
    "make_person",
    "peek_link",
    "save_profile",
    "use_link",
]
