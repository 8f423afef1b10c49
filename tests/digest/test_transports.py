from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.digest.post.outbox import FolderTransport
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.digest.post.transports import transport
from syndicate.errors import MailError


def test_a_folder_address_is_a_folder() -> None:
    made = transport("folder:var/outbox")
    assert isinstance(made, FolderTransport)
    assert made.folder == Path("var/outbox")


@pytest.mark.parametrize(
    "url",
    [
        "smtp://relay.example",
        "smtp://u:p%40@relay.example:587?starttls=1",
        "smtps://r:1",
    ],
)
def test_a_relay_address_is_a_relay_and_opens_nothing_yet(url: str) -> None:
    made = transport(url)
    assert isinstance(made, SmtpTransport)
    made.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "folder:",
        "smtp://",
        "smtp:relay",
        "smtp://r:port",
        "http://r/",
        "smtp://[::1",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(MailError):
        transport(url)


def test_a_refusal_does_not_repeat_a_password() -> None:
    with pytest.raises(MailError) as caught:
        transport("smpt://u:secret@relay.example")
    assert "secret" not in str(caught.value)
