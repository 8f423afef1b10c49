"""``syndicate digest dkim``: a key that signs mails, and its record for the DNS."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import posting, show
from syndicate.cli.wire import now, settings
from syndicate.cli.words import _
from syndicate.config.settings import MailSettings
from syndicate.digest import addresses
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import (
    ED25519_VARIABLE,
    RSA_VARIABLE,
    new_ed25519,
    new_rsa,
)
from syndicate.errors import MailError

_STRING = 255
"""Characters of one string of a TXT record (RFC 1035 §3.3)."""


@click.command("dkim", help=_("Make a key that signs mails, and its DNS record."))
@click.option("--selector", default="", help=_("Name of the key; default: the month."))
@click.option("--ed25519", is_flag=True, help=_("An Ed25519 key in place of RSA."))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Write the private key there; without it, print it."),
)
@click.option("--show", "shown", is_flag=True, help=_("The records of keys in use."))
@show.json_option
@click.pass_obj
def dkim(
    path: Path,
    selector: str,
    ed25519: bool,
    out: Path | None,
    shown: bool,
    as_json: bool,
) -> None:
    """Print what is to be published; a file that is there is never overwritten."""
    mail = settings(path).mail
    if shown:
        _show_records(mail, as_json)
        return
    pem = new_ed25519() if ed25519 else new_rsa()
    name = selector or _selector(now(), ed25519=ed25519)
    signer = _signer(_domain(mail), name, pem, ed25519=ed25519)
    if out is not None:
        _write(out, pem)
    told = _told(signer, name, ed25519=ed25519) | (
        {"file": str(out)} if out else {"key": pem}
    )
    if as_json:
        show.as_json(told)
        return
    _say(told)


def _told(signer: Signer, selector: str, *, ed25519: bool) -> dict[str, str]:
    ((name, text),) = signer.records
    return {
        "name": name,
        "type": "TXT",
        "text": text,
        "setting": "dkim_ed25519_selector" if ed25519 else "dkim_selector",
        "selector": selector,
        "variable": ED25519_VARIABLE if ed25519 else RSA_VARIABLE,
    }


def _say(told: dict[str, str]) -> None:
    click.echo(_("1. Publish this record in the DNS:"))
    click.echo(f"\n{_record(told['name'], told['text'])}\n")
    click.echo(_("2. Say in config.toml under [mail]:"))
    click.echo(f'\n{told["setting"]} = "{told["selector"]}"\n')
    click.echo(_("3. Set in the environment of syndicate:"))
    if "file" in told:
        click.echo(f"\n{told['variable']}=file:{Path(told['file']).resolve()}\n")
        return
    click.echo(f"\n{told['variable']}='{told['key'].strip()}'\n")
    click.echo(_("The key is kept nowhere else: it is shown this once."))


def _show_records(mail: MailSettings, as_json: bool) -> None:
    signer = posting.signer(mail)
    records = signer.records if signer else ()
    if as_json:
        show.as_json([{"name": name, "text": text} for name, text in records])
        return
    if not records:
        click.echo(_("Mails are not signed: there is no key."))
    for name, text in records:
        click.echo(_record(name, text))


def _record(name: str, text: str) -> str:
    """Return a TXT record as a zone file has it."""
    pieces = (text[at : at + _STRING] for at in range(0, len(text), _STRING))
    strings = " ".join(f'"{piece}"' for piece in pieces)
    return f"{name}. IN TXT ( {strings} )"


def _domain(mail: MailSettings) -> str:
    """Return the domain that signs: the one that is set, or the sender's."""
    if mail.dkim.domain:
        return mail.dkim.domain
    try:
        _line, address = addresses.writer(mail.sender)
    except MailError as error:
        said = _("set sender in [mail] first: the key is for its domain")
        raise MailError(said) from error
    return addresses.domain_of(address)


def _selector(moment: datetime, *, ed25519: bool) -> str:
    return f"{'e' if ed25519 else 'r'}{moment:%Y%m}"


def _signer(domain: str, selector: str, pem: str, *, ed25519: bool) -> Signer:
    pair = (selector, pem)
    return Signer(domain, ed25519=pair) if ed25519 else Signer(domain, rsa=pair)


def _write(file: Path, pem: str) -> None:
    """Write a key that nobody else may read."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        said = _("{file} is there already; a key is never overwritten")
        raise MailError(said.format(file=file)) from error
    except OSError as error:
        raise MailError(f"{file}: {error.strerror}") from error
    with os.fdopen(opened, "w", encoding="ascii") as stream:
        stream.write(pem)
