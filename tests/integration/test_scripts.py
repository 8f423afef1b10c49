"""Pages that need scripts are drawn by a browser that is let nowhere else."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import shutil
import threading
from collections.abc import Callable, Coroutine
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from syndicate.errors import FetchError, TooSlow
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.gather.scripts import Rendering, refused
from syndicate.ports import Request, Response

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
needs_browser = pytest.mark.skipif(
    importlib.util.find_spec("playwright") is None
    or not any(map(shutil.which, BROWSERS)),
    reason="the extra js or a Chromium is not installed",
)


def to_the_end(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Run an asynchronous test."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


HOME = AddressGuard(allow=(ip_network("127.0.0.1/32"),))
SHELL = """<html><body><div id="app">Đang tải…</div><script>
async function tried(address) {
  try { return (await (await fetch(address)).text()).length } catch { return 'refused' }
}
(async () => {
  const news = await (await fetch('/api/news')).json();
  const list = news.map(n => `<li><a href="${n.url}">${n.title}</a></li>`).join('');
  const inside = await tried('http://127.0.0.2:PORT/secret');
  const round = await tried('/away');
  const near = await tried('/moved');
  new WebSocket('ws://127.0.0.1:PORT/socket');
  const image = new Image(); image.src = '/picture.png';
  document.getElementById('app').innerHTML =
    `<ul>${list}</ul><i>inside ${inside}</i><i>away ${round}</i><i>near ${near}</i>`;
})();
</script></body></html>"""


@pytest.fixture
def site():
    """(address, paths that were asked): a site whose news come by script."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.server.server_address[0]}{self.path}")
            port = self.server.server_address[1]
            body = '[{"url": "/bai/1", "title": "Khánh thành cầu qua rạch Dừa"}]'
            match self.path:
                case "/away":
                    self.answer(302, location=f"http://127.0.0.2:{port}/secret")
                case "/moved":
                    self.answer(302, location="/api/news")
                case "/api/news":
                    self.answer(200, body)
                case _:
                    self.answer(200, "secret")

        def answer(self, status: int, body: str = "", location: str = "") -> None:
            self.send_response(status)
            self.send_header("location", location)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    inside = ThreadingHTTPServer(("127.0.0.2", server.server_address[1]), Site)
    for each in (server, inside):
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    for each in (server, inside):
        each.shutdown()
        each.server_close()


class Told:
    """A fetcher that answers every request with one page."""

    def __init__(self, body: str, kind: str = "text/html; charset=utf-8") -> None:
        self.body, self.kind = body, kind
        self.requests: list[Request] = []

    async def fetch(self, request: Request) -> Response:
        self.requests.append(request)
        headers = {"content-type": self.kind, "etag": '"1"'}
        return Response(
            url=request.url, status=200, headers=headers, body=self.body.encode()
        )


def shell(home: str) -> str:
    return SHELL.replace("PORT", home.rpartition(":")[2])


@needs_browser
@to_the_end
async def test_a_page_is_handed_over_as_its_scripts_have_drawn_it(site):
    home, asked = site
    inner = Told(shell(home))
    async with Rendering(inner, HOME, scripted={"spa"}) as fetcher:
        answer = await fetcher.fetch(
            Request(url=f"{home}/tin", source="spa", etag='"0"')
        )
    text = answer.body.decode()
    assert '<a href="/bai/1">Khánh thành cầu qua rạch Dừa</a>' in text
    # the page itself came by the fetcher inside, without validators
    assert [request.etag for request in inner.requests] == [""]
    assert "etag" not in answer.headers
    assert "127.0.0.1/tin" not in asked


@needs_browser
@to_the_end
async def test_a_page_that_names_no_encoding_is_drawn_in_its_own(site):
    home, _ = site
    bare = shell(home).replace('<meta charset="utf-8">', "")
    async with Rendering(Told(bare, "text/html"), HOME, scripted={"spa"}) as fetcher:
        answer = await fetcher.fetch(Request(url=f"{home}/tin", source="spa"))
    assert "Khánh thành cầu qua rạch Dừa" in answer.body.decode()


@needs_browser
@to_the_end
async def test_a_page_gets_to_no_address_that_the_guard_refuses(site):
    home, asked = site
    async with Rendering(Told(shell(home)), HOME, scripted={"spa"}) as fetcher:
        answer = await fetcher.fetch(Request(url=f"{home}/tin", source="spa"))
    text = answer.body.decode()
    assert "inside refused" in text
    assert "away refused" in text
    assert "near refused" not in text
    assert not [each for each in asked if "127.0.0.2" in each]


@needs_browser
@to_the_end
async def test_pictures_and_sockets_are_not_fetched(site):
    home, asked = site
    async with Rendering(Told(shell(home)), HOME, scripted={"spa"}) as fetcher:
        await fetcher.fetch(Request(url=f"{home}/tin", source="spa"))
    assert sorted(set(asked)) == [
        "127.0.0.1/api/news",
        "127.0.0.1/away",
        "127.0.0.1/moved",
    ]


@needs_browser
@to_the_end
async def test_a_script_without_end_runs_out_of_time(site):
    home, _ = site
    page = "<script>while (true) {}</script>"
    limits = Limits(total=2.0)
    with pytest.raises(TooSlow, match="scripts ran longer than 2 s"):
        async with Rendering(
            Told(page), HOME, scripted={"x"}, limits=limits
        ) as fetcher:
            await fetcher.fetch(Request(url=f"{home}/tin", source="x"))


@to_the_end
async def test_other_sources_and_other_documents_pass_through():
    inner = Told("<rss/>", "application/rss+xml")
    async with Rendering(inner, HOME, scripted={"spa"}) as fetcher:
        feed = await fetcher.fetch(Request(url="http://a.example/", source="spa"))
        other = await fetcher.fetch(Request(url="http://a.example/", source="b"))
    assert feed.body == other.body == b"<rss/>"
    assert feed.headers["etag"] == '"1"'


@pytest.mark.skipif(
    importlib.util.find_spec("playwright") is not None, reason="the extra is installed"
)
@to_the_end
async def test_a_missing_extra_is_named_with_what_to_install():
    with pytest.raises(FetchError, match=r"pip install 'syndicate\[js\]'"):
        async with Rendering(Told("<p>x"), HOME, scripted={"x"}) as fetcher:
            await fetcher.fetch(Request(url="http://a.example/", source="x"))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://127.0.0.1/",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://",
    ],
)
@to_the_end
async def test_addresses_inside_and_other_schemes_are_refused(address):
    assert await refused(address, HOME)


@to_the_end
async def test_an_address_that_is_allowed_is_not_refused():
    assert await refused("http://127.0.0.1:8000/x", HOME) == ""
