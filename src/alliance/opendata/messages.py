"""The sentences of faults of archives, and of feeds of other networks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "not-an-archive": _("This folder is no archive. Choose an empty or a new one."),
        "not-readable-archive": _(
            "This folder is no archive: it has no archive.json or no list of sums."
        ),
        "foreign-file": _("This file does not belong to the archive."),
        "file-missing": _("This file is missing."),
        "file-changed": _("This file has changed since the archive was made."),
        "newer-archive": _(
            "This version does not know archives of the format %(format)s. Update this "
            "installation."
        ),
        "no-sum": _("This line is no sum and name of a file. Copy the archive again."),
        "no-signature": _("This is no signature. Copy the archive again."),
        "wrong-signature": _(
            "The list of sums was changed after it was signed. Copy the archive again."
        ),
        "signed-by-another": _("It was signed by another key: %(key)s"),
        "not-network-address": _(
            "Enter the address of the other network, such as https://cities.example"
        ),
        "own-address": _("This is our own address. Enter that of another network."),
        "subscribed-already": _("We subscribe to this network already."),
        "feed-silent": _(
            "The other network does not answer. Check its address, or try again later."
        ),
        "feed-unreadable": _(
            "The other network sent something that cannot be read as its feed. It may have been "
            "cut off on the way."
        ),
        "feed-newer": _(
            "The other network uses a format that this version does not know: %(format)s. Update "
            "this installation."
        ),
        "feed-changed": _("What the other network sent was changed after it was signed."),
        "feed-signed-by-another": _(
            "Another key has signed: %(key)s. Ask the other network whether it has a new one."
        ),
        "feed-elsewhere": _("This network gives its address as %(address)s. Enter that one."),
        "feed-sent-again": _(
            "An old answer was sent again, or the clock of one of the two servers is wrong."
        ),
        "feed-gap": _("Entry %(number)s is missing from what the other network sent."),
        "feed-another-past": _(
            "The other network now tells another past than before, as after restoring a backup."
        ),
        "unknown-kind": _(
            "This version does not know records of the kind “%(kind)s”. Update this installation."
        ),
        "unfit-licence": _(
            "Its licence does not let us publish it here: %(licence)s. We need CC BY 4.0 or "
            "CC0 1.0."
        ),
    },
)
