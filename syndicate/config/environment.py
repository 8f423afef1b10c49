"""The one place that reads the environment: secrets and the user's language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

SECRET = "SYNDICATE_SECRET"  # noqa: S105 -- the name of a variable, not a secret
MAIL_USER = "SYNDICATE_MAIL_USER"
MAIL_PASSWORD = "SYNDICATE_MAIL_PASSWORD"  # noqa: S105 -- the name of a variable
DATABASE_URL = "SYNDICATE_DATABASE_URL"
LANGUAGE = "SYNDICATE_LANG"

VARIABLES = {
    SECRET: "Signs the links in mails; at least 32 characters.",
    MAIL_USER: "User name at the mail relay.",
    MAIL_PASSWORD: "Password at the mail relay.",
    DATABASE_URL: "Address of the database with its password; goes before [store] url.",
    LANGUAGE: "Language of messages, vi or en; goes before LC_ALL and LANG.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What we take from the environment; an empty string means "not set"."""

    secret: str = ""
    mail_user: str = ""
    mail_password: str = ""
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
        database_url=variables.get(DATABASE_URL, ""),
        language="vi" if language.lower().startswith("vi") else "en",
    )
