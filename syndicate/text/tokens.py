"""A function of words that remembers what it said of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_LONGEST = 60
_MOST = 30_000

Token = TypeVar("Token", str, bytes)
Answer = TypeVar("Answer")


class OfTokens(dict[Token, Answer]):
    """A function of tokens that remembers: texts are made of few of them.

    A token is what stands between spaces, as text or in UTF-8. All of them are
    forgotten when there are too many: a hostile page has a new one at every place.
    """

    def __init__(self, function: Callable[[Token], Answer]) -> None:
        super().__init__()
        self._function: Callable[[Token], Answer] = function

    def __missing__(self, token: Token) -> Answer:
        """Ask the function, and remember the answer."""
        found = self._function(token)
        if len(token) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[token] = found
        return found
