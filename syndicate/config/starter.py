"""The config.toml that ``syndicate init`` writes."""

from __future__ import annotations

import json
import tomllib

from pydantic import ValidationError

from syndicate.config.form import SiteForm
from syndicate.config.mistakes import from_validation, written
from syndicate.errors import ConfigError

_TEMPLATE = """\
# The settings of a syndication desk. All keys: docs/reference.md.
# `syndicate config check` says what is wrong with them, line by line.
# Secrets (SYNDICATE_SECRET, SYNDICATE_MAIL_PASSWORD, …) come from the environment.

[site]
title = {title}
base_url = {base_url}                 # links in feeds and mails begin with it
contact = {contact}
language = {language}                  # of the desk's own pages: vi or en
timezone = "Asia/Ho_Chi_Minh"
# id_authority = "example.org,2026"   # in the ids of stories; set once, never change it

[store]
url = "sqlite:///var/syndicate.db"    # or postgresql://host/name

[gather]
gap = "2s"                            # pause between two requests to one host
backlog_after = "10d"                 # older than this at first sight: never news

# One [[source]] for each place. `syndicate sources add URL` finds out and writes one.
#
# [[source]]
# key = "bao"                         # short, unique, for ever
# title = "Báo Tỉnh"
# kind = "feed"                       # feed | listing | sitemap | folder
# url = "https://bao.example/rss/home.rss"
# rights = "extract"                  # link | extract | full
#
# [[source]]
# key = "cong"
# title = "Cổng thông tin điện tử"
# kind = "listing"                    # a portal without a feed
# url = "https://cong.example/tin-tuc"
# [source.selectors]                  # CSS; what is not set is found out
# item = ".news-item"
# item_date = ".date"
# body = ".content"

# Topics: the phrases that show them. Whole words, Vietnamese with its accents.
#
# [category.xay-dung-dang]
# title = "Xây dựng Đảng"
# strong = ["xây dựng đảng", "kết nạp đảng"]
# normal = ["đảng viên", "chi bộ"]

# Feeds beside the standing ones (all, one per category, one per source).
#
# [[feed]]
# key = "dang"
# title = "Tin xây dựng Đảng"
# categories = ["xay-dung-dang"]

# Newsletters. Without [[digest.section]] there is a section for each category.
#
# [[digest]]
# key = "tuan"
# title = "Bản tin tuần"
# schedule = "mon 06:00"
# approval = "editor"                 # or automatic
# audience_file = "members.csv"       # columns: address, name

[mail]
url = "folder:var/outbox"             # or smtp://host:587?starttls=1

[web]
host = "127.0.0.1"
port = 8000
"""


def starter(*, title: str, base_url: str, contact: str, language: str) -> str:
    """Return a commented config.toml; raises ConfigError if a value is not usable."""
    values = {
        "title": title,
        "base_url": base_url,
        "contact": contact,
        "language": language,
    }
    try:
        SiteForm.model_validate(values)
    except ValidationError as error:
        raise ConfigError(
            tuple(
                f"{written(mistake.path)}: {mistake.text}"
                for mistake in from_validation(error)
            )
        ) from None
    quoted = {
        name: json.dumps(value, ensure_ascii=False) for name, value in values.items()
    }
    text = _TEMPLATE.format(**quoted)
    tomllib.loads(text)
    return text
