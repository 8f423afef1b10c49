"""scikit-learn as it is used for topics: TF-IDF of words and pairs, a linear SVM.

``python -m bench.rivals.linear_svm ARTICLES SEED SIZE…``: title and 300 characters,
sublinear counts, C = 1. Prints the error and the CPU seconds of each size.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bench.learning import CHARACTERS, articles, error, halves, parts


def main() -> None:
    """Print the figures of one half."""
    seed, sizes = int(sys.argv[2]), list(map(int, sys.argv[3:]))
    decided, others = halves(articles(Path(sys.argv[1])), seed)
    found: dict[str, Any] = {"error": {}, "learning": {}}
    for size in sizes:
        began = time.process_time()
        reader = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        texts = [" ".join(parts(one, CHARACTERS)) for one in decided[:size]]
        topics = [one["topic"] for one in decided[:size]]
        model = LinearSVC().fit(reader.fit_transform(texts), topics)
        found["learning"][str(size)] = time.process_time() - began
        asked = [" ".join(parts(one, CHARACTERS)) for one in others]
        began = time.process_time()
        said = list(model.predict(reader.transform(asked)))
        found["guess"] = 1_000 * (time.process_time() - began) / len(asked)
        found["error"][str(size)] = error([one["topic"] for one in others], said)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
