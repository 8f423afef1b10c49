from __future__ import annotations

from bench import gather, publish
from syndicate.config.environment import Environment
from syndicate.config.load import load


def test_the_desk_that_gathers_is_one_that_our_settings_accept(tmp_path):
    urls = [f"http://127.1.1.{number}:80/tin-{number}.rss" for number in (1, 2, 3)]
    file = tmp_path / "config.toml"
    file.write_text(gather.settings(urls), "utf-8")
    settings = load(file, Environment())
    assert [source.url for source in settings.sources] == urls
    assert settings.gather.limits.gap == 0
    assert settings.gather.allow == ("127.1.0.0/16",)
    assert settings.store_url.endswith(f"{tmp_path}/desk.db")


def test_the_desk_that_publishes_has_a_long_feed_and_all_the_categories(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(publish.settings(publish.FULL), "utf-8")
    settings = load(file, Environment())
    assert len(settings.categories) == 300
    assert [feed.limit for feed in settings.feeds] == [500]
    assert settings.publish.folder == tmp_path / "feeds"
