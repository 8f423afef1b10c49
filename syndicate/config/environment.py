"""The one place that reads the environment: secrets and the user's language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

SECRET = "SYNDICATE_SECRET"  # noqa: S105 -- the name of a variable, not a secret
MAIL_USER = "SYNDICATE_MAIL_USER"
MAIL_PASSWORD = "SYNDICATE_MAIL_PASSWORD"  # noqa: S105 -- the name of a variable
DKIM_RSA = "SYNDICATE_DKIM_RSA"
DKIM_ED25519 = "SYNDICATE_DKIM_ED25519"
IMAP_PASSWORD = "SYNDICATE_IMAP_PASSWORD"  # noqa: S105 -- the name of a variable
DATABASE_URL = "SYNDICATE_DATABASE_URL"
LANGUAGE = "SYNDICATE_LANG"

VARIABLES = {
    SECRET: "Signs the links in mails; at least 32 characters.",
    MAIL_USER: "User name at the mail relay; for [[mail.relay]] NAME with _NAME.",
    MAIL_PASSWORD: "Password at the mail relay; for [[mail.relay]] NAME with _NAME.",
    DKIM_RSA: "RSA key that signs mails: PEM, or file:PATH of such a file.",
    DKIM_ED25519: "Ed25519 key that signs mails: PEM, or file:PATH of such a file.",
    IMAP_PASSWORD: "Password of the mailbox that bounces come to.",
    DATABASE_URL: "Address of the database with its password; goes before [store] url.",
    LANGUAGE: "Language of messages, vi or en; goes before LC_ALL and LANG.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What we take from the environment; an empty string means "not set"."""

    secret: str = ""
    mail_user: str = ""
    mail_password: str = ""
    relay_users: tuple[tuple[str, str], ...] = ()
    """(name of a relay, user), sorted."""
    relay_passwords: tuple[tuple[str, str], ...] = ()
    dkim_rsa: str = ""
    dkim_ed25519: str = ""
    imap_password: str = ""
    database_url: str = ""
    language: str = "en"


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Read our variables out of ``variables``."""
    spoken = (variables.get(name, "") for name in (LANGUAGE, "LC_ALL", "LANG"))
    language = next((value for value in spoken if value), "en")
    return Environment(
        secret=variables.get(SECRET, ""),
        mail_user=variables.get(MAIL_USER, ""),
        mail_password=variables.get(MAIL_PASSWORD, ""),
        relay_users=_by_relay(variables, MAIL_USER),
        relay_passwords=_by_relay(variables, MAIL_PASSWORD),
        dkim_rsa=variables.get(DKIM_RSA, ""),
        dkim_ed25519=variables.get(DKIM_ED25519, ""),
        imap_password=variables.get(IMAP_PASSWORD, ""),
        database_url=variables.get(DATABASE_URL, ""),
        language="vi" if language.lower().startswith("vi") else "en",
    )


def _by_relay(variables: Mapping[str, str], start: str) -> tuple[tuple[str, str], ...]:
    """What ``START_NAME`` says of the relay called name; "_" stands for "-"."""
    found = {
        name.removeprefix(f"{start}_").lower().replace("_", "-"): value
        for name, value in variables.items()
        if name.startswith(f"{start}_") and value
    }
    return tuple(sorted(found.items()))
