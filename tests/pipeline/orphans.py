"""A process to be killed while one of its reading processes loops: see test_workers."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from syndicate.model import Source, SourceKind  # noqa: E402 -- the path comes first
from syndicate.pipeline import workers  # noqa: E402
from syndicate.pipeline.jobs import FeedJob, Setup  # noqa: E402

workers._BEGIN = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    f" sys.path.insert(0, {str(HERE)!r}); import faults;"
    " from syndicate.pipeline.nursery import main; main(int(sys.argv[2]))"
)
SOURCE = Source(key="tin", title="Tin", kind=SourceKind.FEED, url="https://t.example/")
AT = datetime(2026, 10, 14, tzinfo=UTC)

made = workers.Workers(Setup())
job = FeedJob(source=SOURCE, url=SOURCE.url, at=AT)
Thread(target=made.read, args=(job, b"loops"), daemon=True).start()
while made._nursery is None:
    time.sleep(0.01)
print(made._nursery._process.pid, flush=True)  # noqa: T201 -- read by the test
time.sleep(60)
