"""Who gets a digest, as config.toml or a CSV file beside it says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from syndicate.config.kinds import check_address, split_mailbox
from syndicate.config.post import DigestForm
from syndicate.config.words import _
from syndicate.errors import ConfigError
from syndicate.model import Member


def read_audience(form: DigestForm, folder: Path) -> tuple[Member, ...]:
    """Return the members of a digest, each address once, in the order written."""
    members: dict[str, Member] = {}
    for name, address in _written(form, folder):
        members.setdefault(address.lower(), Member(address=address, name=name))
    return tuple(members.values())


def _written(form: DigestForm, folder: Path) -> Iterator[tuple[str, str]]:
    yield from map(split_mailbox, form.audience)
    if form.audience_file:
        yield from read_csv(folder / form.audience_file)


def read_csv(path: Path) -> list[tuple[str, str]]:
    """Read (name, address) pairs from a CSV file with a head line.

    Raises ConfigError with one line for each row that holds no usable address.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = reader.fieldnames or (), list(reader)
    except csv.Error as error:
        raise ConfigError((f"{path}: is not CSV: {error}",)) from None
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from None
    except UnicodeDecodeError:
        raise ConfigError((f"{path}: is not UTF-8; save it so",)) from None
    if "address" not in columns:
        raise ConfigError(
            (
                f"{path}: "
                + _('has no column "address"; the first line must be: address,name'),
            )
        )
    pairs, mistakes = [], []
    for number, row in enumerate(rows, start=2):
        address = (row.get("address") or "").strip()
        try:
            check_address(address)
        except ValueError as error:
            mistakes.append(f'{path.name}:{number}: address "{address}": {error}')
        else:
            pairs.append(((row.get("name") or "").strip(), address))
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return pairs
