"""``syndicate init``: a commented config.toml for a new desk."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli.words import _
from syndicate.config.starter import starter
from syndicate.errors import SyndicateError


@click.command("init", help=_("Write a commented config.toml for a new desk."))
@click.option("--title", prompt=_("Name of the desk"), help=_("Name of the desk."))
@click.option(
    "--base-url", prompt=_("Its public address"), help=_("Its public address.")
)
@click.option(
    "--contact", prompt=_("Mail address of the desk"), help=_("Its mail address.")
)
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi")
@click.pass_obj
def command(path: Path, title: str, base_url: str, contact: str, language: str) -> None:
    """Write the file; never over one that is there."""
    text = starter(title=title, base_url=base_url, contact=contact, language=language)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        said = f"{path}: {error.strerror}"
        if isinstance(error, FileExistsError) and path.exists():
            said = _("{path} is there already; it is left alone").format(path=path)
        raise SyndicateError(said) from None
    click.echo(_("{path} is written. Next: add your sources to it.").format(path=path))
    click.echo(_("Then: syndicate config check; syndicate gather; syndicate serve"))
