"""The form of config.toml: every table, key, default and limit.

The docstring of a field is what docs/reference.md and an editor's pop-up say.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from syndicate.config.kinds import (
    DatabaseUrl,
    Duration,
    Language,
    Mailbox,
    Network,
    Pattern,
    Schedule,
    Selector,
    Size,
    Slug,
    StoreAddress,
    WebAddress,
    Zone,
)
from syndicate.config.post import DigestForm, MailForm, MembersForm
from syndicate.config.table import Count, Share, Table, Words
from syndicate.config.topics import CategoriseForm, CategoryForm, StoriesForm


class SiteForm(Table):
    """Who publishes."""

    title: Annotated[str, Field(min_length=1)]
    """Name of the desk, shown on every page and feed."""
    base_url: WebAddress
    """Public address of the desk; links in feeds and mails begin with it."""
    description: str = ""
    """One sentence about the desk."""
    language: Language = "vi"
    """Language of the desk's own pages: vi or en."""
    timezone: Zone = "Asia/Ho_Chi_Minh"
    """Time zone of everything that has none of its own."""
    contact: Mailbox | Literal[""] = ""
    """Mail address for readers and for the portals that we ask."""
    id_authority: (
        Annotated[str, Field(pattern=r"^[a-z0-9.-]+,\d{4}(-\d\d){0,2}$")]
        | (Literal[""])
    ) = ""
    """``host,year`` in the ids of stories; set once, never change it. Default: the
    host of base_url and 2026."""


class StoreForm(Table):
    """Where everything is kept."""

    url: DatabaseUrl = "sqlite:///var/syndicate.db"
    """``sqlite:///PATH`` or ``postgresql://HOST/NAME``."""
    retention: Duration = timedelta(0)
    """Articles first seen longer ago are purged, ``60d`` at least; 0s keeps all."""


class GatherForm(Table):
    """Limits and manners of gathering."""

    connect_timeout: Duration = timedelta(seconds=5)
    """How long a connection may take."""
    read_timeout: Duration = timedelta(seconds=20)
    """How long a server may be silent."""
    total_timeout: Duration = timedelta(seconds=60)
    """How long one answer may take in all."""
    max_wire: Size = 10_000_000
    """Largest answer, as it comes over the wire."""
    max_unpacked: Size = 20_000_000
    """Largest answer after decompression."""
    max_bodies: Size = 32_000_000
    """What large answers under way may hold in memory, all together."""
    max_redirects: Annotated[int, Field(strict=True, ge=0, le=20)] = 5
    """How many redirects are followed."""
    gap: Duration = timedelta(seconds=2)
    """Pause between two requests to one host."""
    parallel: Annotated[int, Field(strict=True, ge=1, le=200)] = 20
    """How many requests are under way at once, over all hosts."""
    allow: tuple[Network, ...] = ()
    """Private networks that may be asked all the same, like ``10.1.0.0/16``."""
    recheck: Duration = timedelta(days=7)
    """How long after its first sight an article page is looked at again."""
    backlog_after: Duration = timedelta(days=10)
    """An article older than this at first sight is never news in a digest."""
    robots: Literal["pages", "all", "none"] = "pages"
    """What robots.txt has a say in: pages and sitemaps, feeds too, or nothing."""
    start: Duration = timedelta(hours=1)
    """Pause between two visits until a source's rhythm is known."""
    floor: Duration = timedelta(minutes=15)
    """Shortest pause between two visits, however busy a source is."""
    ceiling: Duration = timedelta(hours=24)
    """Longest pause, however quiet or broken a source is."""
    jitter: Share = 0.1
    """Visits are spread by up to this part of the pause."""
    full_every: Duration = timedelta(hours=24)
    """A source is asked without validators once in this time: some lie."""
    max_wait: Duration = timedelta(hours=24)
    """Longest Retry-After that is obeyed."""
    adopt_after: Duration = timedelta(days=7)
    """A permanent redirect is adopted once it has led to one address for so long."""
    patience: Duration = timedelta(seconds=2)
    """A request that takes longer no longer counts towards ``parallel``."""
    max_items: Count = 2_000
    """Most entries of one feed or listing that are read in one visit."""
    workers: Annotated[int, Field(strict=True, ge=0, le=64)] = 0
    """Processes that read and clean documents; 0: one for each core, at most 4."""
    parse_timeout: Duration = timedelta(seconds=20)
    """How long reading one document may take."""
    parse_memory: Size = 512_000_000
    """How much memory reading one document may take."""
    push: bool = True
    """Subscribe to the hubs that feeds name (WebSub), if base_url is public."""
    keep_raw: str = ""
    """Folder that keeps answers as they came, for ``gather --from``; empty: none."""
    keep_raw_max: Size = 200_000_000
    """Size of that folder; the oldest answers go first."""


class SelectorsForm(Table):
    """CSS selectors for a portal without a feed; what is not set is found out."""

    item: Selector | Literal[""] = ""
    """Listing: one entry of the list."""
    link: Selector | Literal[""] = ""
    """Listing: the link to the article, inside the item."""
    item_title: Selector | Literal[""] = ""
    """Listing: the title, if it is not the link's text."""
    item_date: Selector | Literal[""] = ""
    """Listing: the date."""
    item_lead: Selector | Literal[""] = ""
    """Listing: the summary."""
    item_image: Selector | Literal[""] = ""
    """Listing: the picture."""
    next_page: Selector | Literal[""] = ""
    """Listing: the link to older entries."""
    article: Selector | Literal[""] = ""
    """Article page: the block that holds title, date and body."""
    title: Selector | Literal[""] = ""
    """Article page: the title."""
    date: Selector | Literal[""] = ""
    """Article page: the date of publication."""
    author: Selector | Literal[""] = ""
    """Article page: the author."""
    credit: Selector | Literal[""] = ""
    """Article page: the line that names another producer ("Nguồn: …")."""
    lead: Selector | Literal[""] = ""
    """Article page: the lead (sapo)."""
    body: Selector | Literal[""] = ""
    """Article page: the text."""
    caption: Selector | Literal[""] = ""
    """Article page: captions of pictures."""
    drop: tuple[Selector, ...] = ()
    """Article page: what is never part of the article."""
    signature: Pattern = ""
    """Regular expression for the portal's signature before the first sentence."""


class SourceForm(Table):
    """A place that we gather from."""

    key: Slug
    """Short name, unique and for ever: it is in addresses and ids."""
    title: Annotated[str, Field(min_length=1)]
    """Name for readers."""
    kind: Literal["feed", "listing", "sitemap", "folder"]
    """What the address leads to."""
    url: Annotated[str, Field(min_length=1)]
    """Address of the feed, listing page or sitemap; for a folder, its path."""
    home: WebAddress | Literal[""] = ""
    """Page for people; default: the root of the host."""
    language: Language = "vi"
    """Language of its articles, where they do not say."""
    timezone: Zone | Literal[""] = ""
    """Time zone of its dates; default: the site's."""
    categories: tuple[str, ...] = ()
    """Category slugs that break a tie; never a vote of their own."""
    rights: Literal["link", "extract", "full"] = "extract"
    """How much we may pass on: the link, the lead, or everything."""
    licence: str = ""
    """What feeds say of its rights: words, or the address of a licence."""
    embargo: Duration = timedelta(0)
    """Nothing is published sooner than this after the source published it."""
    rank: Annotated[int, Field(strict=True, ge=0)] = 100
    """As a producer: of two tellers of a story the smaller rank leads."""
    province: str = ""
    """Whose numbers "TU" and "UBND" mean in its articles."""
    hosts: tuple[str, ...] = ()
    """Other names of its host, and what credit lines call it."""
    date_order: Literal["dmy", "mdy"] = "dmy"
    """Order of dates in figures."""
    hour_only: bool = False
    """The feed's minutes are wrong: keep the hour (NukeViet 4)."""
    read_pages: bool = False
    """Read the article pages of a feed's entries too."""
    every: Duration | None = None
    """How often to ask; default: as its rhythm says, once that is known."""
    robots: bool = True
    """Obey its robots.txt; false only where its owner agreed."""
    may_be_empty: bool = False
    """An answer without entries is no error."""
    scripts: bool = False
    """Its pages show nothing without scripts: read them in Chromium (extra js)."""
    archived: bool = False
    """Ask it no more; what it told stays."""
    successor: str = ""
    """Key of the source that goes on where this one ended."""
    max_updates: Count = 12
    """How often an entry may change in a day before further changes wait."""
    selectors: SelectorsForm = SelectorsForm()
    """CSS selectors, ``[source.selectors]``."""


class FeedForm(Table):
    """A feed beside the standing ones (all, per category, per source)."""

    key: Slug
    """Its address: ``/feeds/KEY.atom``."""
    title: Annotated[str, Field(min_length=1)]
    """Name for readers."""
    description: str = ""
    """One sentence."""
    categories: tuple[str, ...] = ()
    """Only stories with one of these labels."""
    sources: tuple[str, ...] = ()
    """Only stories told by one of these sources."""
    phrases: Words = ()
    """Only stories that hold one of these phrases."""
    languages: tuple[Language, ...] = ()
    """Only stories in one of these languages."""
    limit: Annotated[int, Field(strict=True, ge=1, le=2000)] = 50
    """Most stories in the document."""
    rights: Literal["link", "extract", "full"] = "full"
    """The most that is passed on, whatever the sources grant."""
    order: Literal["seen", "published"] = "seen"
    """What stands first: what we had last, or what was published last."""


class PublishForm(Table):
    """Where documents are written."""

    folder: str = "feeds"
    """Folder of feeds and pages; any web server can serve it."""
    templates: str = ""
    """Your own templates; what is not there comes from the built-in ones."""
    documents_from: Annotated[int, Field(strict=True, ge=0)] = 1
    """A cited document has a page and feeds from so many stories on; 0 for none."""
    rights: Literal["link", "extract", "full"] = "full"
    """The most that public documents pass on, whatever the sources grant."""
    packed: tuple[Literal["gz", "br", "zst"], ...] = ("gz",)
    """Packed twins that are written beside each document, for another web server."""
    target: StoreAddress | Literal[""] = ""
    """Object store that gets a copy of the folder, like ``s3://BUCKET/PREFIX``."""
    hub: bool = True
    """Be a hub for our own feeds (WebSub), if base_url is public."""
    hubs: tuple[WebAddress, ...] = ()
    """Other hubs that are told when a feed changes."""


class DeskForm(Table):
    """Who looks after the desk."""

    report_to: tuple[Mailbox, ...] = ()
    """Addresses that get the weekly report on the sources; empty: nobody."""
    report_at: Schedule = "mon 07:00"
    """Weekday and local time of the report."""
    language: Language | Literal[""] = ""
    """Language of the report; default: the site's."""


class WebForm(Table):
    """Where the desk listens."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(strict=True, ge=1, le=65_535)] = 8000
    """Port to listen on."""
    proxies: tuple[Network, ...] = ()
    """Networks of our own reverse proxies: what they say of who asks is believed."""


class ConfigForm(Table):
    """config.toml of a syndication desk."""

    site: SiteForm
    """Who publishes."""
    store: StoreForm = StoreForm()
    """Where everything is kept."""
    gather: GatherForm = GatherForm()
    """Limits and manners of gathering."""
    source: tuple[SourceForm, ...] = ()
    """Places that we gather from."""
    stories: StoriesForm = StoriesForm()
    """Which entries tell one story."""
    categorise: CategoriseForm = CategoriseForm()
    """How categories are scored."""
    category: dict[Slug, CategoryForm] = Field(default={})
    """Topics by slug."""
    feed: tuple[FeedForm, ...] = ()
    """Feeds beside the standing ones."""
    publish: PublishForm = PublishForm()
    """Where documents are written."""
    digest: tuple[DigestForm, ...] = ()
    """Standing newsletters."""
    mail: MailForm = MailForm()
    """How mail leaves."""
    members: MembersForm = MembersForm()
    """How people sign up."""
    desk: DeskForm = DeskForm()
    """Who looks after the desk."""
    web: WebForm = WebForm()
    """Where the desk listens."""
