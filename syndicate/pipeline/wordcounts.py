"""In how many texts words were met, as this process knows it.

The store counts; a process reads all of it once, goes on counting what it files
itself, and reads it anew when others have counted much. So what is asked for each new
entry costs a look into a dictionary. Only inside a transaction that writes, where
nobody else counts meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from syndicate.dedupe.gist import Gist
from syndicate.dedupe.rarity import Rarity
from syndicate.store import Connection, rarities

SAMPLE = 1024
"""Of as many texts as a store has, so many are counted before it has twice as many:
what is known of a word is no better for more, and counting costs."""
_OTHERS = 8
"""Texts that others may have counted before it is worth to read everything anew; in a
large store an eighth of it."""
_WEIGHED = 16
"""When so small a part more is counted, words are weighed anew: what is known of a
hundred thousand texts is not another after the next."""


class WordCounts:
    """Knows how rare words are in the store of one desk."""

    def __init__(self) -> None:
        self._store = ""
        self._texts = 0
        self._counts: dict[str, int] = {}
        self._rarity = Rarity()

    def rarity(self, connection: Connection) -> Rarity:
        """How rare words are now; to be asked for again after :meth:`learn`."""
        store = str(connection.engine.url)
        texts = rarities.total(connection)
        # Fewer: what we had counted was not kept in the end.
        others = texts - self._texts
        if store != self._store or not 0 <= others <= max(_OTHERS, self._texts // 8):
            self._texts, self._counts = rarities.load(connection)
            self._store = store
            self._rarity = Rarity(self._texts, self._counts)
        if _WEIGHED * (self._texts - self._rarity.texts) > self._rarity.texts:
            self._rarity = Rarity(self._texts, self._counts)
        return self._rarity

    def learn(self, connection: Connection, new: Iterable[tuple[int, Gist]]) -> None:
        """Count the words of new entries: (number, gist).

        In a large store one in so many, which counts for as many: those whose number
        can be divided by that, so that the answer is the same each time.
        """
        step = step_at(self._texts)
        chosen = [gist for number, gist in new if number % step == 0]
        if not chosen:
            return
        met = Counter(word for gist in chosen for word in gist.counted)
        counts = {word: step * many for word, many in met.items()}
        texts = step * len(chosen)
        rarities.add(connection, texts, counts)
        for word, many in counts.items():
            self._counts[word] = self._counts.get(word, 0) + many
        self._texts += texts
        if step_at(self._texts) > step:
            rarities.forget(connection)
            self._store = ""  # what is forgotten there is forgotten here too


def step_at(texts: int) -> int:
    """Of how many new texts one is counted, when ``texts`` are known; a power of 2."""
    return 1 << max(0, (texts // SAMPLE).bit_length() - 1)
