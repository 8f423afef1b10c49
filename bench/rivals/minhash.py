"""rensa and datasketch as they are used to find copies, one text after another.

``python -m bench.rivals.minhash rensa|datasketch CORPUS THRESHOLD``: 128 permutations
of word 3-grams, LSH, the likeliest candidate verified by its estimated Jaccard; an
address that is known is the same too, as no reader does without. Prints the group of
each entry and the CPU seconds between the text and the group.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.corpus import Told, portions

PERMUTATIONS = 128
BANDS = 32
"""Of rensa, which has no threshold for its LSH; so it is of use from 0.4 on."""
_Place = Callable[[int, list[str]], int]


def rensa(threshold: float) -> _Place:
    """Return what gives (number, grams) its group, and keeps it."""
    library = import_module("rensa")
    index = library.RMinHashLSH(
        threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS
    )
    sketches: dict[int, Any] = {}

    def place(number: int, grams: list[str]) -> int:
        sketch = library.RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(grams)
        return _placed(index, sketches, sketch, number, threshold)

    return place


def datasketch(threshold: float) -> _Place:
    """Return what gives (number, grams) its group, and keeps it."""
    library = import_module("datasketch")
    index = library.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    sketches: dict[int, Any] = {}

    def place(number: int, grams: list[str]) -> int:
        sketch = library.MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in grams])
        return _placed(index, sketches, sketch, number, threshold)

    return place


def _placed(
    index: Any, sketches: dict[int, Any], sketch: Any, number: int, threshold: float
) -> int:
    likely = [(sketch.jaccard(sketches[one]), -one) for one in index.query(sketch)]
    score, one = max(likely, default=(0.0, 0))
    sketches[number] = sketch
    index.insert(number, sketch)
    return -one if score >= threshold else number


def grams_of(told: Told) -> list[str]:
    """Return all three words in a row."""
    words = " ".join(told.paragraphs).lower().split()
    return [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]


def main() -> None:
    """Read the arguments and place every entry."""
    name, path, threshold = sys.argv[1:]
    place = {"rensa": rensa, "datasketch": datasketch}[name](float(threshold))
    groups: dict[int, int] = {}
    spent = 0.0
    for some in portions(Path(path)):
        began = time.process_time()
        for told in some:
            joined = place(told.number, grams_of(told))
            groups[told.number] = groups.get(joined, joined)
        spent += time.process_time() - began
    print(json.dumps({"groups": groups, "cpu": spent}))


if __name__ == "__main__":
    main()
