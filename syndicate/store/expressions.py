"""What is wanted of an entry, in the language of each engine.

Both languages have signs with a meaning; here every word is quoted, so that none of a
query's own signs has any.
"""

from __future__ import annotations

from syndicate.text.tiers import All, AnyOf, Atom, Kind, Wanted


def fts5(wanted: Wanted, unwanted: Wanted | None = None) -> str:
    """An expression for SQLite's ``MATCH`` on ``search_words``."""
    said = _fts5(wanted)
    return said if unwanted is None else f"({said}) NOT ({_fts5(unwanted)})"


def tsquery(wanted: Wanted, unwanted: Wanted | None = None) -> str:
    """A ``tsquery`` of PostgreSQL for ``searchable.words``."""
    said = _tsquery(wanted)
    return said if unwanted is None else f"({said}) & !({_tsquery(unwanted)})"


def _fts5(wanted: Wanted) -> str:
    match wanted:
        case All(parts):
            return " AND ".join(map(_fts5_part, parts))
        case AnyOf(parts):
            return " OR ".join(map(_fts5_part, parts))
        case Atom():
            if wanted.title or wanted.kind is Kind.EXACT:
                said = f'exact : "{_token(wanted)}"'
            else:
                said = f'plain : "{wanted.text} {wanted.after}"'
            return f"{said} *" if wanted.prefix else said


def _fts5_part(wanted: Wanted) -> str:
    said = _fts5(wanted)
    return said if isinstance(wanted, Atom) else f"({said})"


def _tsquery(wanted: Wanted) -> str:
    match wanted:
        case All(parts):
            return " & ".join(map(_tsquery_part, parts))
        case AnyOf(parts):
            return " | ".join(map(_tsquery_part, parts))
        case Atom():
            return f"'{_token(wanted)}'{':*' if wanted.prefix else ''}"


def _tsquery_part(wanted: Wanted) -> str:
    said = _tsquery(wanted)
    return said if isinstance(wanted, Atom) else f"({said})"


def _token(wanted: Atom) -> str:
    """As it stands among the tokens of an entry; no sign of a query is in a word."""
    pair = wanted.kind is Kind.PAIR
    text = f"_{wanted.text}_{wanted.after}" if pair else wanted.text
    return f"^{text}" if wanted.title else text
