"""A function of words that remembers what it said of each."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST = 40
_MOST = 30_000


class ByToken(dict[str, str]):
    """A function of tokens that remembers: texts are made of few of them.

    A token is what stands between spaces. All of them are forgotten when there are
    too many: a hostile page has a new one at every place.
    """

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def __missing__(self, token: str) -> str:
        """Ask the function, and remember the answer."""
        changed = self._change(token)
        # One object for both is found sooner: memory is what a look-up waits for.
        changed = token if changed == token else changed
        if len(token) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[token] = changed
        return changed

    def joined(self, text: str) -> str:
        """What the tokens of ``text`` become, with one space between them."""
        return " ".join(map(self.__getitem__, text.split()))
