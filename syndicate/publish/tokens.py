"""Keys that open a partner's feed: made here, and known to the partner alone.

A token is ``syn_`` and 32 letters and figures, 190 bits by chance: nobody finds one by
trying, so a plain SHA-256 of it is enough to recognise it by, and the way that hash is
looked up tells nobody anything about a token. The prefix is there for those who look
for keys that were left in a repository or a log.
"""

from __future__ import annotations

import re
import secrets
import string
from hashlib import sha256

_PREFIX = "syn_"
_LETTERS = string.ascii_letters + string.digits
_LENGTH = 32
_HINT = 4
_TOKEN = re.compile(rf"{_PREFIX}[A-Za-z0-9]{{{_LENGTH}}}", re.ASCII)
_ANYWHERE = re.compile(rf"{_PREFIX}[A-Za-z0-9]+", re.ASCII)


def new_token() -> str:
    """Make a token that nobody can guess."""
    return _PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def hashed(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal; all that we keep of it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def hint(token: str) -> str:
    """Return the end of a token, by which people tell one from another."""
    return token[-_HINT:]


def is_token(text: str) -> bool:
    """Say whether ``text`` could be a token; no other one need be looked for."""
    return _TOKEN.fullmatch(text) is not None


def masked(text: str) -> str:
    """Return ``text`` with any token that stands in it struck out."""
    return _ANYWHERE.sub(f"{_PREFIX}…", text)
