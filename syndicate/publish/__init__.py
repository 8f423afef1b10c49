"""Stories → documents: which stories a feed carries, how they read, their bytes.

``select`` and ``item`` decide and are pure; ``xml``, ``jsonfeed``, ``opml`` and
``pages`` write bytes; ``documents`` puts a whole site together; ``write`` is the one
that touches the disk.
"""

from __future__ import annotations
