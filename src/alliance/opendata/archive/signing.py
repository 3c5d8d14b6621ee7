"""Signatures of archives: the key of the network signs the list of digests (Ed25519, RFC 8032)."""

from __future__ import annotations

import hmac
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from alliance.core.errors import Fault, InvalidData

SIGNATURE = "SHA256SUMS.sig"
_LINE = re.compile(rb"^ed25519 ([0-9a-f]{64}) ([0-9a-f]{128})\n\Z")


def _private_key() -> Ed25519PrivateKey:
    # Derived from the secret key of the installation, which is in its backups and shared by its
    # machines; a key derived for one purpose reveals nothing about others.
    seed = hmac.digest(settings.SECRET_KEY.encode(), b"alliance archive", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The public key of this network, 64 hex digits."""
    return _private_key().public_key().public_bytes_raw().hex()


def sign(content: bytes) -> bytes:
    """The signature of `content` as a file: type, key and signature. Deterministic."""
    signature = _private_key().sign(content).hex()
    return f"ed25519 {public_key()} {signature}\n".encode()


def bare(key: str) -> str:
    """A typed key without spaces and in lower case."""
    return "".join(key.split()).lower()


def signer_of(content: bytes, signature: bytes) -> str:
    """The key that signed `content`. Raises InvalidData for an invalid signature."""
    match = _LINE.match(signature)
    if match is None:
        raise InvalidData([Fault(SIGNATURE, "no-signature")])
    key = match[1].decode()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(match[2].decode()), content
        )
    except (InvalidSignature, ValueError):
        raise InvalidData([Fault(SIGNATURE, "wrong-signature")]) from None
    return key
