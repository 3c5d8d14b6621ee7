"""Messages for faults of archives and of feeds of other networks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "not-an-archive": _("This folder is not an archive. Choose an empty or new folder."),
        "not-readable-archive": _(
            "This folder is not an archive: archive.json or the list of checksums is missing."
        ),
        "foreign-file": _("This file is not part of the archive."),
        "file-missing": _("This file is missing."),
        "file-changed": _("This file has changed since the archive was created."),
        "newer-archive": _(
            "This version does not support archives in the format %(format)s. Update this "
            "installation."
        ),
        "no-sum": _("This line is not a checksum followed by a file name. Copy the archive again."),
        "no-signature": _("This is not a signature. Copy the archive again."),
        "wrong-signature": _(
            "The list of checksums was changed after it was signed. Copy the archive again."
        ),
        "signed-by-another": _("Signed with a different key: %(key)s"),
        "not-network-address": _(
            "Enter the address of the other network, for example https://cities.example"
        ),
        "own-address": _("This is our own address. Enter the address of another network."),
        "subscribed-already": _("We already subscribe to this network."),
        "feed-silent": _(
            "The other network is not responding. Check its address, or try again later."
        ),
        "feed-unreadable": _(
            "The content from the other network cannot be read. The transfer may have been cut off."
        ),
        "feed-newer": _(
            "The other network uses a format that this version does not support: "
            "%(format)s. Update this installation."
        ),
        "feed-changed": _("The content from the other network was changed after it was signed."),
        "feed-signed-by-another": _(
            "The content is signed with a different key: %(key)s. Ask the other network "
            "whether it has a new key."
        ),
        "feed-elsewhere": _("This network gives its address as %(address)s. Enter that address."),
        "feed-sent-again": _(
            "An old response was sent again, or the clock on one of the two servers is wrong."
        ),
        "feed-gap": _("Entry %(number)s is missing from the content sent by the other network."),
        "feed-another-past": _(
            "The other network’s history no longer matches the one we received before. "
            "This can happen after a backup is restored."
        ),
        "unknown-kind": _(
            "This version does not support content of the type “%(kind)s”. Update this "
            "installation."
        ),
        "unfit-licence": _(
            "The licence %(licence)s does not allow us to publish it here. We need CC BY "
            "4.0 or CC0 1.0."
        ),
    },
)
