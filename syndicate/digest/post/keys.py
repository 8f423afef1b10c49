"""Keys that sign mails: read, made, and written out for the DNS."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from syndicate.errors import MailError

LEAST_BITS = 2048
"""RFC 8301 §3.2: signers should use at least so many."""
RSA_VARIABLE = "SYNDICATE_DKIM_RSA"
ED25519_VARIABLE = "SYNDICATE_DKIM_ED25519"

_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*")
_ED25519_SETTING = "dkim_ed25519_selector"
_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()


class Key(Protocol):
    """Signs, and can be published."""

    @property
    def algorithm(self) -> str:
        """What stands in a=."""
        ...

    @property
    def selector(self) -> str:
        """What stands in s=."""
        ...

    @property
    def record(self) -> str:
        """Text of the DNS record."""
        ...

    def sign(self, content: bytes) -> bytes:
        """Return the signature of ``content``."""
        ...


@dataclass(frozen=True, slots=True)
class _Rsa:
    selector: str
    key: rsa.RSAPrivateKey
    algorithm: str = "rsa-sha256"

    def sign(self, content: bytes) -> bytes:
        return self.key.sign(content, _PADDING, _SHA256)

    @property
    def record(self) -> str:
        """Text of the DNS record (RFC 6376 §3.6.1)."""
        public = self.key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class _Ed25519:
    selector: str
    key: ed25519.Ed25519PrivateKey
    algorithm: str = "ed25519-sha256"

    def sign(self, content: bytes) -> bytes:
        # RFC 8463 §3: what is signed is the hash.
        return self.key.sign(sha256(content).digest())

    @property
    def record(self) -> str:
        """Text of the DNS record (RFC 8463 §4)."""
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(public).decode('ascii')}"


def rsa_key(selector: str, pem: str) -> Key:
    """Read an RSA key; raises MailError."""
    key = _read(pem, RSA_VARIABLE)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise MailError(f"{RSA_VARIABLE} holds a key, but none for RSA")
    if key.key_size < LEAST_BITS:
        raise MailError(
            f"{RSA_VARIABLE} holds an RSA key of {key.key_size} bits; receivers no "
            f"longer trust one under {LEAST_BITS}: make a new one with "
            "`syndicate digest dkim`"
        )
    return _Rsa(_selector(selector, RSA_VARIABLE), key)


def ed25519_key(selector: str, pem: str) -> Key:
    """Read an Ed25519 key; raises MailError."""
    key = _read(pem, ED25519_VARIABLE)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise MailError(f"{ED25519_VARIABLE} holds a key, but none for Ed25519")
    return _Ed25519(_selector(selector, ED25519_VARIABLE), key)


def _read(pem: str, variable: str) -> object:
    """Read a private key; what is wrong is said without a word of it."""
    try:
        return load_pem_private_key(pem.strip().encode(), password=None)
    except TypeError as error:
        said = f"{variable}: the key is locked with a password; it must be without one"
        raise MailError(said) from error
    except (ValueError, UnsupportedAlgorithm):
        # From None: what the library says might hold a piece of the key.
        raise MailError(
            f"{variable} holds no private key: it is the PEM text, or file:PATH of a "
            'file that begins with "-----BEGIN PRIVATE KEY-----"'
        ) from None


def _selector(selector: str, variable: str) -> str:
    if not _SELECTOR.fullmatch(selector):
        setting = "dkim_selector" if variable == RSA_VARIABLE else _ED25519_SETTING
        raise MailError(
            f"{variable} is set; {setting} in [mail] must name its selector"
        )
    return selector


def new_rsa() -> str:
    """Make an RSA key; gives it as PEM."""
    return _pem(rsa.generate_private_key(65537, LEAST_BITS))


def new_ed25519() -> str:
    """Make an Ed25519 key; gives it as PEM."""
    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(
        "ascii"
    )
