"""Flask-WebSub, by other people, at both ends: as hub of our feeds, as our follower."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests import hubworld

flask = pytest.importorskip("flask")
pytest.importorskip("flask_websub")

from flask_websub.hub import Hub, SQLite3HubStorage  # noqa: E402
from flask_websub.subscriber import (  # noqa: E402
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server  # noqa: E402

# its connections to SQLite are closed by nobody
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
FEED = "<feed><title>Tin mới {}</title></feed>"


class Threads:
    """What the hub needs of Celery: tasks that run elsewhere, and try again."""

    def task(self, *, bind: bool = False, max_retries: int = 3, **_more) -> Callable:
        def made(function):
            def run(*given, retries=0):
                def again(countdown):
                    if retries < max_retries:
                        time.sleep(min(countdown, 0.1))
                        run(*given, retries=retries + 1)

                me = SimpleNamespace(
                    request=SimpleNamespace(retries=retries), retry=again
                )
                return function(me, *given) if bind else function(*given)

            def delay(*given):
                threading.Thread(target=run, args=given, daemon=True).start()

            return SimpleNamespace(delay=delay)

        return made


@contextmanager
def served(app):
    """Serve a Flask application on loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app.config["SERVER_NAME"] = f"127.0.0.1:{port}"
    server = make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with app.app_context():
            yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listening.close()


@pytest.fixture
def subscriber(tmp_path):
    """Their subscriber, with what it heard."""
    storages = (
        SQLite3SubscriberStorage(str(tmp_path / "held.db")),
        SQLite3TempSubscriberStorage(str(tmp_path / "asked.db")),
    )
    made = Subscriber(*storages, REQUEST_TIMEOUT=5)
    made.heard, made.done = [], []
    made.add_listener(lambda topic, _id, body: made.heard.append((topic, body)))
    made.add_success_handler(lambda *said: made.done.append(said[2]))
    made.add_error_handler(lambda *said: made.done.append(said[2]))
    app = flask.Flask("subscriber")
    app.register_blueprint(made.build_blueprint(url_prefix="/callbacks"))
    with served(app) as address:
        made.address = address
        yield made


@pytest.fixture
def desk(tmp_path):
    with hubworld.desk(f"sqlite:///{tmp_path}/x.db", tmp_path / "feeds") as running:
        yield running


def heard(subscriber, count):
    assert hubworld.wait_for(lambda: len(subscriber.heard) >= count)
    return subscriber.heard[-1]


def test_their_subscriber_finds_our_hub_follows_renews_and_leaves(desk, subscriber):
    found = discover(desk.topic())
    assert found == {"hub_url": desk.hub, "topic_url": desk.topic()}
    number = subscriber.subscribe(**found, lease_seconds=7_200)
    assert hubworld.wait_for(lambda: subscriber.done == ["subscribe"])
    assert hubworld.wait_for(lambda: desk.followers()[0].verified_at)
    assert subscriber.storage[number]["lease_seconds"] == 7_200

    body = FEED.format(1).encode()
    desk.publish(body=body)
    assert heard(subscriber, 1) == (desk.topic(), body)

    time.sleep(2)  # whoever repeats itself at once waits so long
    subscriber.renew(number)
    assert hubworld.wait_for(lambda: subscriber.done == ["subscribe"] * 2)
    body = FEED.format(2).encode()
    desk.publish(body=body)
    assert heard(subscriber, 2) == (desk.topic(), body)
    assert len(desk.followers()) == 1

    subscriber.unsubscribe(number)
    assert hubworld.wait_for(lambda: subscriber.done[-1] == "unsubscribe", 8)
    assert hubworld.wait_for(lambda: not desk.followers())
    desk.publish(body=FEED.format(3).encode())
    time.sleep(0.3)
    assert len(subscriber.heard) == 2


@pytest.mark.parametrize(("secret", "trusted"), [("khoá", True), ("other", False)])
def test_their_subscriber_trusts_our_signature_and_no_other(
    desk, subscriber, secret, trusted
):
    """It asks by HTTPS alone to be signed for, so its wish is posted for it."""
    number = "signed"
    subscriber.temp_storage[number] = {
        "mode": "subscribe",
        "topic_url": desk.topic(),
        "hub_url": desk.hub,
        "secret": "khoá",
        "lease_seconds": 7_200,
        "timeout": 600,
    }
    callback = f"{subscriber.address}/callbacks/{number}"
    desk.verified(callback, secret=secret)
    desk.publish(body=FEED.format(1).encode())
    assert hubworld.wait_for(lambda: desk.followers()[0].delivered_at)
    assert len(subscriber.heard) == trusted


def test_their_subscriber_hears_that_there_is_no_such_topic(desk, subscriber):
    subscriber.subscribe(topic_url=desk.topic("nothing.atom"), hub_url=desk.hub)
    assert hubworld.wait_for(lambda: subscriber.done == ["there is no such feed here"])


def test_their_hub_takes_our_pings_and_distributes(tmp_path):
    app = flask.Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    storage = SQLite3HubStorage(str(tmp_path / "hub.db"))
    hub = Hub(storage, Threads(), PUBLISH_SUPPORTED=True, REQUEST_TIMEOUT=5)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    url, folder = f"sqlite:///{tmp_path}/x.db", tmp_path / "feeds"
    with (
        hubworld.subscribers() as there,
        served(app) as address,
        hubworld.desk(url, folder, others=(f"{address}/hub",)) as desk,
    ):
        wish = {
            "hub.mode": "subscribe",
            "hub.topic": desk.topic(),
            "hub.callback": there.callback(),
            "hub.secret": "s",
        }
        assert hubworld.post(f"{address}/hub", wish)[0] == 202
        assert hubworld.wait_for(
            lambda: list(storage.get_callbacks(desk.topic())), seconds=8
        )
        began = desk.publish(body=FEED.format(1).encode())
        assert hubworld.wait_for(there.got)
        (delivery,) = there.got()
        assert delivery.body == FEED.format(1).encode()
        assert delivery.at - began < 2
        assert delivery.headers["content-type"].startswith("application/atom+xml")
        assert address in delivery.headers["link"]
