"""What a hub says to those who follow a topic, and topics' addresses (pure).

W3C Recommendation "WebSub" (2018): §5.2 denial, §5.3 verification of intent, §7
content distribution, §7.1 signatures. What others ask is read in ``wishes``, when
something is done is decided in ``following``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urlencode

from syndicate.model import Follower, Intent

PATH = "hub"
"""Our own hub, under the site's base address."""
FEEDS = "feeds/"
"""Where the feeds folder is served."""
TOPICS = (".rss", ".atom", ".json", ".txt")
"""Endings of the documents that can be followed."""
LONGEST_NAME = 250
"""Bytes; file systems take no more than 255."""
_HISTORY = "archive/"
_HEADLINES = ".headlines.json"


# ── Addresses ────────────────────────────────────────────────────────────────


def own_hub(base_url: str) -> str:
    """The address of our own hub."""
    return f"{base_url.rstrip('/')}/{PATH}"


def hub_urls(base_url: str, *, own: bool, others: Sequence[str]) -> tuple[str, ...]:
    """Name the hubs of our documents, ours first, each once."""
    first = (own_hub(base_url),) if own else ()
    return tuple(dict.fromkeys((*first, *others)))


def topic_of(base_url: str, path: str) -> str:
    """Return the address of the document ``path``; empty if it is no topic."""
    current = path.endswith(TOPICS) and not path.startswith(_HISTORY)
    if not current or path.endswith(_HEADLINES):
        return ""
    return f"{base_url.rstrip('/')}/{FEEDS}{quote(path)}"


def topic_path(base_url: str, topic: str) -> str:
    """Return the path of a topic under the feeds folder; empty if it is not ours."""
    start = f"{base_url.rstrip('/')}/{FEEDS}"
    path = unquote(topic.removeprefix(start)) if topic.startswith(start) else ""
    parts = path.split("/")
    if "\0" in path or "\\" in path or not all(map(_is_name, parts)):
        return ""
    # one way of writing it alone: each topic is one to those who follow it
    return path if topic_of(base_url, path) == topic else ""


def _is_name(part: str) -> bool:
    """Whether a part of a path may be the name of a document of ours."""
    size = len(part.encode("utf-8", "surrogatepass"))
    return 0 < size <= LONGEST_NAME and not part.startswith(".")


# ── What we say ──────────────────────────────────────────────────────────────


def verifying_url(held: Follower, challenge: str) -> str:
    """The address that is got to verify what ``held`` asked for (§5.3)."""
    said = {
        "hub.mode": held.intent.value,
        "hub.topic": held.topic,
        "hub.challenge": challenge,
    }
    if held.intent is Intent.SUBSCRIBE:
        said["hub.lease_seconds"] = str(held.lease)
    return _with(held.callback, said)


def denying_url(held: Follower, reason: str) -> str:
    """The address that is got to say that there is nothing to follow (§5.2)."""
    said = {"hub.mode": "denied", "hub.topic": held.topic, "hub.reason": reason}
    return _with(held.callback, said)


def confirms(status: int, body: bytes, challenge: str) -> bool:
    """Whether an answer confirms: 2xx, and the challenge, and nothing else (§5.3).

    White space around it is let pass: what a template adds at the end of a page.
    """
    return 200 <= status < 300 and hmac.compare_digest(body.strip(), challenge.encode())


def delivery_headers(
    held: Follower, body: bytes, *, content_type: str, hub: str
) -> dict[str, str]:
    """The headers of a delivery (§7, §7.1)."""
    headers = {
        "Content-Type": content_type,
        "Link": f'<{hub}>; rel="hub", <{held.topic}>; rel="self"',
    }
    if held.secret:
        headers["X-Hub-Signature"] = f"sha256={signature(held.secret, body)}"
    return headers


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA-256 of ``body``, in hexadecimal."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def ping_form(topic: str) -> dict[str, str]:
    """What another's hub is told; some read ``hub.url``, others ``hub.topic``."""
    return {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}


def _with(callback: str, said: Mapping[str, str]) -> str:
    mark = "&" if "?" in callback else "?"
    return f"{callback}{mark}{urlencode(said)}"
