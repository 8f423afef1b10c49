"""The errors of syndicate, as a tree.

::

    SyndicateError            anything we say no to; its text is for a person
    ├── ConfigError           config.toml or the environment; every mistake found
    ├── FetchError            a source could not be had
    │   ├── AddressRefused    the address is one that we never ask
    │   ├── Unreachable       no name, no route, no answer, TLS failure
    │   ├── Offline           our own line is down: no source is to blame
    │   ├── Disallowed        its robots.txt asks us not to
    │   ├── TooSlow           a time limit ran out
    │   ├── TooLarge          a size limit was passed, on the wire or unpacked
    │   └── BadAnswer         an HTTP answer that is of no use (4xx, 5xx, redirect loop)
    ├── ParseError            the bytes came, and are not what the source promised
    ├── StoreError            the database cannot be opened, read or written
    ├── PublishError          a document could not be built or written
    ├── TemplateError         a template is missing or does not render
    ├── MailError             a message could not be built or handed over
    └── MemberError           what is asked for a member cannot be: an address, a choice

Catch broadly (one bad item never stops a run), recover narrowly.
"""

from __future__ import annotations


class SyndicateError(Exception):
    """Something went wrong that a person can understand and mend."""


class ConfigError(SyndicateError):
    """The settings are wrong; ``mistakes`` holds one line for each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class FetchError(SyndicateError):
    """A source could not be had; ``url`` is the address that was asked."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class AddressRefused(FetchError):
    """The address is private, loopback or otherwise one that we never ask."""


class Unreachable(FetchError):
    """No such name, no route, no answer, or the TLS handshake failed."""


class Offline(FetchError):
    """Our own line is down (no name server, no route): counts against nobody."""


class Disallowed(FetchError):
    """The host's robots.txt asks us not to fetch this address."""


class TooSlow(FetchError):
    """A time limit ran out before the whole answer was here."""


class TooLarge(FetchError):
    """The answer passed a size limit, on the wire or unpacked."""


class BadAnswer(FetchError):
    """The server answered, with a status that is of no use."""

    def __init__(
        self, url: str, status: int, reason: str, retry_after: float | None = None
    ) -> None:
        super().__init__(url, reason)
        self.status = status
        self.retry_after = retry_after
        """Seconds the server asked us to wait, if it said so."""


class ParseError(SyndicateError):
    """The bytes are not what the source promised."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class StoreError(SyndicateError):
    """The database cannot be opened, read or written."""


class PublishError(SyndicateError):
    """A document could not be built or written."""


class TemplateError(SyndicateError):
    """A template is missing, or does not render with the values it was given."""


class MailError(SyndicateError):
    """A message could not be built or handed over."""


class MemberError(SyndicateError):
    """What is asked for a member cannot be.

    ``fault`` says in a word what is wrong (:class:`~syndicate.model.Fault`), ``word``
    is what it is wrong with: those who speak to a person say it in their language.
    """

    def __init__(self, said: str, *, fault: str = "", word: str = "") -> None:
        super().__init__(said)
        self.fault = fault
        self.word = word
