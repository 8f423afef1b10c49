"""What is kept of members, to be taken along: by the desk, or by the person.

The table can be imported again, here or at another desk, with what members chose and
that they left. Marks of suppressed addresses are no addresses: they are of use only
where the secret is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from syndicate.members.marks import address_mark, mailbox
from syndicate.members.sheets import written
from syndicate.model import Subscription
from syndicate.pipeline.membership.desk import Membership
from syndicate.store import (
    Connection,
    consents,
    kept,
    memberlists,
    members,
    subscriptions,
    suppressions,
)
from syndicate.store.memberlists import Listed

COLUMNS = (
    *("address", "name", "language", "timezone", "text_only", "standing", "digest"),
    *("state", "origin", "cadence", "weekday", "hour", "categories", "sources"),
    *("paused_until", "asked_at", "confirmed_at", "changed_at"),
)
SUPPRESSED = ("mark", "reason", "at", "note")
_PAGE = 2_000


def as_csv(work: Membership, digest: str = "") -> Iterator[str]:
    """Lines of CSV: one for each member and digest, first the names of the columns."""
    with work.database.read() as connection:
        yield from written([COLUMNS])
        for one in memberlists.every(connection, digest):
            yield from written(_records(one, digest))


def as_json_lines(work: Membership, digest: str = "") -> Iterator[str]:
    """A JSON object for each member, one a line."""
    with work.database.read() as connection:
        for one in memberlists.every(connection, digest):
            yield json.dumps(listed_json(one), ensure_ascii=False) + "\n"


def suppressed_csv(work: Membership) -> Iterator[str]:
    """Lines of CSV: the marks of the addresses that get nothing more."""
    yield from written([SUPPRESSED])
    last = ""
    with work.database.read() as connection:
        while some := suppressions.page(connection, last, _PAGE):
            yield from written(
                (one.mark, one.reason.value, _said(one.at), one.note) for one in some
            )
            last = some[-1].mark


def told(connection: Connection, member_id: int) -> str:
    """All that is kept of a member, as JSON for the person; "" if there is none."""
    member = members.get(connection, member_id)
    if member is None or not member.address:
        return ""
    mark = members.mark_of(connection, member_id)
    everything = _everything(connection, mark, member_id, (mailbox(member.address),))
    return json.dumps(everything, ensure_ascii=False, indent=2)


def everything(work: Membership, address: str) -> dict[str, Any]:
    """All that is kept under an address, member or not; plain values for JSON."""
    mark = address_mark(work.secret, address)
    spellings = (mailbox(address), address.strip().lower())
    with work.database.read() as connection:
        member = members.marked(connection, mark)
        number = member.id if member else None
        return _everything(connection, mark, number, spellings)


def listed_json(one: Listed) -> dict[str, Any]:
    """A member and its subscriptions, as plain values for JSON."""
    member = one.member
    return {
        "id": member.id,
        "address": member.address,
        "name": member.name,
        "standing": member.state.value,
        "language": member.language,
        "timezone": member.timezone,
        "text_only": member.text_only,
        "created_at": _said(member.created_at),
        "changed_at": _said(member.changed_at),
        "subscriptions": [_subscription(held) for held in one.subscriptions],
    }


def _everything(
    connection: Connection, mark: str, member_id: int | None, spellings: tuple[str, ...]
) -> dict[str, Any]:
    member = members.get(connection, member_id) if member_id else None
    held = tuple(subscriptions.of_member(connection, member_id)) if member_id else ()
    gone = suppressions.get(connection, mark)
    return {
        "member": listed_json(Listed(member=member, subscriptions=held))
        if member
        else None,
        "suppressed": gone
        and {"reason": gone.reason.value, "at": _said(gone.at), "note": gone.note},
        "consents": [
            {
                "digest": one.digest,
                "kind": one.kind.value,
                "at": _said(one.at),
                "form": one.form,
                "text": one.text,
                "sha256": one.version,
            }
            for one in consents.of(connection, mark)
        ],
        "copies": _plain(kept.copies(connection, member_id, spellings)),
        "letters": _plain(kept.posted(connection, member_id)),
        "returned": _plain(kept.returned(connection, member_id)),
    }


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            name: _said(value) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _subscription(held: Subscription) -> dict[str, Any]:
    choice = held.choice
    return {
        "digest": held.digest,
        "state": held.state.value,
        "origin": held.origin.value,
        "cadence": choice.cadence,
        "weekday": choice.weekday,
        "hour": choice.hour,
        "categories": list(choice.categories),
        "sources": list(choice.sources),
        "paused_until": _said(held.paused_until),
        "asked_at": _said(held.asked_at),
        "confirmed_at": _said(held.confirmed_at),
        "changed_at": _said(held.changed_at),
    }


def _records(one: Listed, digest: str) -> Iterator[tuple[object, ...]]:
    member = one.member
    text_only = "yes" if member.text_only else ""
    person = (member.address, member.name, member.language, member.timezone, text_only)
    wanted = [held for held in one.subscriptions if digest in ("", held.digest)]
    for held in wanted:
        told = _subscription(held)
        told["categories"] = " ".join(held.choice.categories)
        told["sources"] = " ".join(held.choice.sources)
        rest = ("" if told[name] is None else told[name] for name in COLUMNS[6:])
        yield (*person, member.state.value, *rest)
    if not wanted:
        yield (*person, member.state.value, *("" for _column in COLUMNS[6:]))


def _said(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
