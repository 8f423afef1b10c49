"""Public keys by which signatures are checked: from DNS records and from PEM files."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from syndicate.errors import MailError

_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Checks signatures of one key."""

    kind: str
    """``rsa`` or ``ed25519``, as in front of the hyphen in a=."""
    key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey

    @property
    def bits(self) -> int:
        """How long an RSA key is; 0 for Ed25519, which has one length."""
        return self.key.key_size if isinstance(self.key, rsa.RSAPublicKey) else 0

    def holds(self, signature: bytes, content: bytes) -> bool:
        """Tell whether ``signature`` is this key's for ``content``."""
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, content, _PADDING, _SHA256)
            else:
                # RFC 8463 §3: what is signed is the hash.
                self.key.verify(signature, sha256(content).digest())
        except InvalidSignature:
            return False
        return True


def from_record(record: str) -> PublicKey:
    """Read the text of a DNS record (RFC 6376 §3.6.1); raises MailError."""
    tags = tags_of(record)
    kind, packed = tags.get("k", "rsa"), re.sub(r"\s", "", tags.get("p", ""))
    if tags.get("v", "DKIM1") != "DKIM1":
        raise MailError("its record is not of version DKIM1")
    if not packed:
        raise MailError("its key was revoked: p= is empty")
    try:
        raw = b64decode(packed, validate=True)
        if kind == "ed25519":
            return PublicKey(kind, ed25519.Ed25519PublicKey.from_public_bytes(raw))
        key = load_der_public_key(raw)
    except (Error, ValueError, UnsupportedAlgorithm) as error:
        raise MailError("its record holds no key that can be read") from error
    if kind != "rsa" or not isinstance(key, rsa.RSAPublicKey):
        raise MailError(f"its record holds a key of an unknown kind, {kind[:20]}")
    return PublicKey(kind, key)


def record_of_file(text: str) -> str:
    """Return the record for a public key in PEM, or for the text of a record.

    Raises MailError if it is neither, and for a private key.
    """
    said = text.strip()
    if "PRIVATE KEY" in said:
        raise MailError("that is a private key; give the public one")
    if not said.startswith("-----BEGIN"):
        # As it stands in a zone file, perhaps: in quotes, and in pieces.
        quoted = re.findall(r'"([^"]*)"', said)
        record = "".join(quoted) if quoted else " ".join(said.split())
        from_record(record)
        return record
    try:
        key = load_pem_public_key(said.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MailError("no public key can be read there") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(raw).decode('ascii')}"
    if isinstance(key, rsa.RSAPublicKey):
        raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(raw).decode('ascii')}"
    raise MailError("the key is neither for RSA nor for Ed25519")


def tags_of(text: str) -> dict[str, str]:
    """Read a tag list (RFC 6376 §3.2); what is none of its parts is passed over.

    A tag that is there twice makes the whole list void.
    """
    found: dict[str, str] = {}
    for line in text[:_LONGEST].split(";"):
        name, equals, value = line.partition("=")
        if not equals:
            continue
        key = name.strip()
        if key in found:
            return {}
        found[key] = value.strip()
    return found
