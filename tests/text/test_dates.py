"""Dates as portals write them, and which of several claims is believed."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import SyndicateError
from syndicate.model import DateClaim, Dated, DateOrigin, Precision
from syndicate.text import dates
from syndicate.text.dates import choose, from_url, read, read_all

HANOI = "Asia/Ho_Chi_Minh"
FETCHED = datetime(2026, 10, 19, 6, 0, tzinfo=ZoneInfo(HANOI))


def _read(raw: str, order: str = "dmy") -> str:
    """What was read, as "2026-10-05 07:03 minute"; "" for nothing."""
    dated = read(raw, origin=DateOrigin.ARTICLE, zone=HANOI, order=order)
    if dated is None:
        return ""
    assert dated.value.utcoffset() == timedelta(hours=7)
    form = {"day": "%Y-%m-%d", "second": "%Y-%m-%d %H:%M:%S"}
    written = dated.value.strftime(form.get(dated.precision, "%Y-%m-%d %H:%M"))
    return f"{written} {dated.precision}"


VIETNAMESE = [
    ("Thứ Sáu, ngày 18/3/2022 - 15:00 Đã xem: 207", "2022-03-18 15:00 minute"),
    ("19/04/2021 - 07:03", "2021-04-19 07:03 minute"),
    ("14:32 | 17/01/2023 GMT+7", "2023-01-17 14:32 minute"),
    ("08:00 | 26/06/2025", "2025-06-26 08:00 minute"),
    ("01/08/2023|06:53", "2023-08-01 06:53 minute"),
    ("14/10/2023", "2023-10-14 day"),
    ("04/06/2020", "2020-06-04 day"),
    ("Ngày Đăng : 17/02/2021", "2021-02-17 day"),
    ("(Cập nhật: 20/08/2020)", "2020-08-20 day"),
    ("Cập nhật lúc: 14/10/2019", "2019-10-14 day"),
    ("Gửi lúc: 05/12/2013 15:42:27", "2013-12-05 15:42:27 second"),
    ("Lượt xem: 61 Gửi lúc: 05/12/2013 15:42", "2013-12-05 15:42 minute"),
    ("02/10/2020 08:20 SA", "2020-10-02 08:20 minute"),
    ("02/10/2020 03:20 CH", "2020-10-02 15:20 minute"),
    ("02/10/2020 12:05 SA", "2020-10-02 00:05 minute"),
    ("02/10/2020 12:05 CH", "2020-10-02 12:05 minute"),
    ("Thứ tư - 17/11/2021 18:22", "2021-11-17 18:22 minute"),
    ("Thứ hai, 11 Tháng 12 2023 16:03", "2023-12-11 16:03 minute"),
    ("Thứ ba, 20:02, 23/09/2025", "2025-09-23 20:02 minute"),
    ("Thứ Tư, 08/04/2015, 08:11 [GMT+7]", "2015-04-08 08:11 minute"),
    ("Thứ Năm, 11/7/2024 8:0'(GMT+7)", "2024-07-11 08:00 minute"),
    ("Chủ nhật, 21 Tháng 4, 2024 - 16:02", "2024-04-21 16:02 minute"),
    ("Thứ năm, ngày 18 tháng 12 năm 2025", "2025-12-18 day"),
    ("Thứ hai, 26/01/2026 - 08:18", "2026-01-26 08:18 minute"),
    ("T6, 18/03/2022", "2022-03-18 day"),
    ("05/12/2013 15h30", "2013-12-05 15:30 minute"),
    ("8h05' ngày 5/10/2026", "2026-10-05 08:05 minute"),
    ("15 giờ 30, ngày 5/10/2026", "2026-10-05 15:30 minute"),
    ("15 giờ 30 phút ngày 5/10/2026", "2026-10-05 15:30 minute"),
    ("15h ngày 05-10-2026", "2026-10-05 15:00 hour"),
    ("ngày 5.10.2026", "2026-10-05 day"),
    ("05 / 10 / 2026", "2026-10-05 day"),
    ("14 thg 10, 2023", "2023-10-14 day"),
    ("Tháng Mười Hai 11, 2023", "2023-12-11 day"),
    ("Vào ngày 23 tháng 2 năm 2016, hội nghị đã họp", "2016-02-23 day"),
    ("Số 67 (7.050) Thứ Năm, ngày 8/3/2018", "2018-03-08 day"),
    ("Đợt 1: họp ngày 05/10/2026", "2026-10-05 day"),
]


@pytest.mark.parametrize(("raw", "expected"), VIETNAMESE)
def test_every_vietnamese_form_is_read(raw: str, expected: str) -> None:
    assert _read(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), VIETNAMESE)
def test_decomposed_dates_are_read_too(raw: str, expected: str) -> None:
    assert _read(unicodedata.normalize("NFD", raw)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-04-05", "2024-04-05 day"),
        ("2024-04-05 08:00", "2024-04-05 08:00 minute"),
        ("2024-04-21T16:02:00+07:00", "2024-04-21 16:02:00 second"),
        ("2024-04-21T09:02:00Z", "2024-04-21 16:02:00 second"),
        ("2024-04-21T09:02:00.123456Z", "2024-04-21 16:02:00 second"),
        ("2024-04-21T20:02:00Z", "2024-04-22 03:02:00 second"),
        ("2024-04-21T16:02+0700", "2024-04-21 16:02 minute"),
        ("2024-04-21T16:02:00+07", "2024-04-21 16:02:00 second"),
        ("2024-04-21t09:02:00z", "2024-04-21 16:02:00 second"),
        ("20240421T0902Z", "2024-04-21 16:02 minute"),
        ("2024/04/05", "2024-04-05 day"),
        ("2024-04-21T24:00:00", "2024-04-22 00:00:00 second"),
        ("2016-12-31T23:59:60Z", "2017-01-01 06:59:59 second"),
        ("Mon, 05 Oct 2026 07:03:00 +0700", "2026-10-05 07:03:00 second"),
        ("5 Oct 2026 00:03 GMT", "2026-10-05 07:03 minute"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 15:49:37 second"),
        ("Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37 second"),
        ("Thu, 1 Jan 2026 00:00:00 EST", "2026-01-01 12:00:00 second"),
        ("October 14, 2023 3:05 PM", "2023-10-14 15:05 minute"),
        ("Oct. 14th, 2023 at 10pm", "2023-10-14 22:00 hour"),
        ("14 October 2023", "2023-10-14 day"),
        ("Posted on Saturday, October 14, 2023 - 10:30", "2023-10-14 10:30 minute"),
        ("14.10.2023, 10:30 Uhr", "2023-10-14 10:30 minute"),
    ],
)
def test_machine_and_english_forms_are_read(raw: str, expected: str) -> None:
    assert _read(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "quý I-2021",
        "(08/3/1910-08/3/2024)",
        "22/12/1944 - 22/12/2024",
        "2020 - 2025",
        "04-10/3/2024",
        "5-6/3/2024",
        "từ ngày 04-10/3/2024",
        "Từ ngày 04/10/2026 đến 10/10/2026",
        "11 giờ ngày",
        "đợt 3-2-2024",
        "Trao Huy hiệu Đảng đợt 3/2/2024",
        "hôm qua",
        "3 giờ trước",
        "2 hours ago",
        "tháng 10/2026",
        "05/10/26",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "24/7",
        "0275.3822.365",
        "98/2014/NĐ-CP",
        "1.551.018,5",
        "1696550400",
        "",
    ],
)
def test_what_is_no_moment_is_not_read(raw: str) -> None:
    assert _read(raw) == ""


@pytest.mark.parametrize(
    "raw",
    [
        "30/02/2024",
        "31/04/2024 10:00",
        "29/02/2023",
        "00/10/2026",
        "32/01/2024",
        "13/13/2024",
        "2024-02-30",
        "2024-13-01",
        "2026-10-05T25:00:00",
        "05/10/2026 - 25:03",
        "05/10/2026 07:61",
        "1989-12-31",
        "01/01/2101",
        "01/01/0001",
    ],
)
def test_a_moment_that_does_not_exist_is_not_read(raw: str) -> None:
    assert _read(raw) == ""


def test_iso_dates_are_never_read_day_first() -> None:
    assert _read("2024-04-05", order="dmy") == _read("2024-04-05", order="mdy")


def test_figures_follow_the_order_of_the_source() -> None:
    assert _read("03/04/2024") == "2024-04-03 day"
    assert _read("03/04/2024", order="mdy") == "2024-03-04 day"


@pytest.mark.parametrize(
    ("raw", "order", "expected"),
    [
        # 5 October 2026 is a Monday, 10 May 2026 a Sunday.
        ("Mon, 10/05/2026 - 08:00", "dmy", "2026-10-05 08:00 minute"),
        ("Chủ nhật, 10/05/2026 - 08:00", "dmy", "2026-05-10 08:00 minute"),
        ("Chủ nhật, 10/05/2026 - 08:00", "mdy", "2026-05-10 08:00 minute"),
        ("Thứ Tư, 10/05/2026", "dmy", "2026-05-10 day"),
        ("Sun, 04/21/2024 - 16:02", "dmy", "2024-04-21 16:02 minute"),
        ("04/21/2024", "dmy", ""),
        ("Thứ tư, 18/3/2022", "dmy", "2022-03-18 day"),
    ],
)
def test_a_weekday_may_overrule_the_order(raw: str, order: str, expected: str) -> None:
    assert _read(raw, order) == expected


def test_a_date_without_a_zone_is_local_to_the_source() -> None:
    dated = read("05/10/2026 07:03", origin=DateOrigin.FEED, zone="Europe/Paris")
    assert dated is not None
    assert dated.value.astimezone(UTC) == datetime(2026, 10, 5, 5, 3, tzinfo=UTC)
    assert dated.raw == "05/10/2026 07:03"
    assert dated.origin is DateOrigin.FEED


def test_an_unknown_time_zone_is_named_in_the_error() -> None:
    with pytest.raises(SyndicateError, match="Asia/Hanoi_City"):
        read("05/10/2026", origin=DateOrigin.FEED, zone="Asia/Hanoi_City")


def test_claims_that_cannot_be_read_are_left_out() -> None:
    claims = [
        DateClaim(raw="hôm qua", origin=DateOrigin.ARTICLE),
        DateClaim(raw="05/10/2026", origin=DateOrigin.LISTING),
    ]
    (dated,) = read_all(claims, zone=HANOI, order="dmy")
    assert dated.origin is DateOrigin.LISTING


@given(st.text("0123456789/-.: ,thángnămờTZ+|", max_size=40))
def test_reading_never_raises(raw: str) -> None:
    dated = read(raw, origin=DateOrigin.PAGE, zone=HANOI)
    assert dated is None or 1990 <= dated.value.year <= 2101


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)))  # noqa: DTZ001 - made aware below
def test_what_we_write_we_can_read(moment: datetime) -> None:
    aware = moment.replace(microsecond=0, tzinfo=ZoneInfo("Asia/Bangkok"))
    dated = read(aware.isoformat(), origin=DateOrigin.META, zone="Asia/Bangkok")
    assert dated is not None
    assert dated.value == aware


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://bao.vn/mot-bai-viet-07092022-a105006.html", "2022-09-07"),
        ("https://bao.vn/2026/10/05/mot-bai", "2026-10-05"),
        ("https://bao.vn/2026/1/5/", "2026-01-05"),
        ("https://bao.vn/20240704/mot-bai", "2024-07-04"),
        ("https://bao.vn/mot-bai-2026-10-05.html", "2026-10-05"),
        ("https://bao.vn/mot-bai-20231014153012345.htm", "2023-10-14"),
        ("https://bao.vn/202601/mot-bai", ""),
        ("https://bao.vn/17751487", ""),
        ("https://bao.vn/?tu=/2026/10/05/", ""),
        ("https://bao.vn/2026/13/05/", ""),
        ("https://bao.vn/1626/10/05/", ""),
        ("https://2026-10-05.vn/a", ""),
        ("", ""),
    ],
)
def test_a_day_in_the_address_is_found(url: str, day: str) -> None:
    dated = from_url(url, zone=HANOI)
    assert (dated.value.strftime("%Y-%m-%d") if dated else "") == day
    assert dated is None or dated.precision is Precision.DAY


# ── Believing ────────────────────────────────────────────────────────────────


def _dated(raw: str, origin: DateOrigin) -> Dated:
    dated = read(raw, origin=origin, zone=HANOI)
    assert dated is not None
    return dated


def _chosen(*claims: tuple[str, DateOrigin], known_clock: bool = False) -> str:
    dates = [_dated(raw, origin) for raw, origin in claims]
    best = choose(dates, fetched_at=FETCHED, known_clock=known_clock)
    return best.raw if best else ""


def test_nothing_claimed_is_nothing_known() -> None:
    assert choose((), fetched_at=FETCHED) is None


def test_origins_are_trusted_in_their_order() -> None:
    rising = [
        ("01/10/2026", DateOrigin.URL),
        ("02/10/2026", DateOrigin.ARTICLE),
        ("03/10/2026", DateOrigin.LISTING),
        ("04/10/2026", DateOrigin.FEED),
        ("05/10/2026", DateOrigin.META),
    ]
    for count in range(1, len(rising) + 1):
        assert _chosen(*rising[:count]) == rising[count - 1][0]


def test_a_more_exact_time_of_the_same_day_wins() -> None:
    assert (
        _chosen(
            ("05/10/2026", DateOrigin.LISTING),
            ("05/10/2026 - 07:03", DateOrigin.ARTICLE),
        )
        == "05/10/2026 - 07:03"
    )


def test_a_machine_midnight_is_no_more_than_a_day() -> None:
    assert (
        _chosen(
            ("2026-10-05T00:00:00+07:00", DateOrigin.META),
            ("05/10/2026 - 07:03", DateOrigin.ARTICLE),
        )
        == "05/10/2026 - 07:03"
    )


def test_a_more_exact_time_of_another_day_does_not_win() -> None:
    assert (
        _chosen(
            ("05/10/2026", DateOrigin.LISTING),
            ("06/10/2026 - 07:03", DateOrigin.ARTICLE),
        )
        == "05/10/2026"
    )


def test_the_same_day_is_meant_locally() -> None:
    late = "2026-10-04T23:30:00Z"
    assert _chosen(("05/10/2026", DateOrigin.LISTING), (late, DateOrigin.ARTICLE)) == (
        late
    )


def test_a_date_far_in_the_future_is_skipped() -> None:
    assert (
        _chosen(("25/12/2026", DateOrigin.META), ("05/10/2026", DateOrigin.ARTICLE))
        == "05/10/2026"
    )
    assert _chosen(("25/12/2026", DateOrigin.META)) == ""
    assert _chosen(("20/10/2026 05:00", DateOrigin.META)) == "20/10/2026 05:00"


@pytest.mark.parametrize(
    "raw", ["19/10/2026 - 05:58", "18/10/2026", "20/10/2026 07:00"]
)
def test_a_recent_date_loose_on_the_page_may_be_the_clock(raw: str) -> None:
    assert _chosen((raw, DateOrigin.PAGE)) == ""


def test_an_old_date_loose_on_the_page_is_believed_if_alone() -> None:
    assert _chosen(("28/03/2025", DateOrigin.PAGE)) == "28/03/2025"
    assert _chosen(("28/03/2025", DateOrigin.PAGE), known_clock=True) == ""


def test_a_loose_date_is_not_believed_beside_another_claim() -> None:
    assert (
        _chosen(("28/03/2025", DateOrigin.PAGE), ("05/10/2026", DateOrigin.URL))
        == "05/10/2026"
    )
    assert (
        _chosen(("28/03/2025", DateOrigin.PAGE), ("25/12/2026", DateOrigin.URL)) == ""
    )


def test_loose_dates_that_disagree_are_not_believed() -> None:
    assert (
        _chosen(("28/03/2025", DateOrigin.PAGE), ("29/03/2025", DateOrigin.PAGE)) == ""
    )


@pytest.mark.parametrize(
    "header",
    [
        "Chủ nhật, 21 Tháng 4, 2024 - 16:02",
        "Thứ năm, ngày 18 tháng 12 năm 2025",
        "Thứ hai, 26/01/2026 - 08:18",
    ],
)
def test_the_clock_of_a_saved_page_is_known_by_its_dress(header: str) -> None:
    assert _chosen((header, DateOrigin.PAGE)) == ""


def test_a_labelled_date_is_no_clock() -> None:
    labelled = "Cập nhật: Thứ hai, 26/01/2026 - 08:18"
    assert _chosen((labelled, DateOrigin.PAGE)) == labelled


def test_metadata_stamped_by_our_own_visit_is_not_believed() -> None:
    stamped = ("2026-10-19T05:59:30+07:00", DateOrigin.META)
    assert _chosen(stamped, ("20/05/2019", DateOrigin.LISTING)) == "20/05/2019"
    assert _chosen(stamped) == stamped[0]
    assert _chosen(stamped, ("19/10/2026", DateOrigin.LISTING)) == stamped[0]


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "UTC", "America/New_York"])
@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 05 Oct 2026 08:10:00 +0700",
        "5 Oct 2026 23:59:60 GMT",
        "Sun, 05 Oct 2026 08:10:00 -0330",
        "31 Feb 2026 08:10:00 GMT",
        "05 Oct 1985 08:10:00 GMT",
        "05 Oct 2026 24:00:00 GMT",
        "05 Oct 2026 08:61:00 GMT",
        "05 Oct 2026 08:10:00 +1500",
        "2026-10-05T08:10:00Z",
        "2026-10-05T08:10:00.123+07:00",
        "2026-13-05T08:10:00Z",
        "2026-10-05T25:10:00Z",
        "2100-12-31T23:59:59-14:00",
    ],
)
def test_what_machines_write_is_read_as_if_it_stood_in_a_text(
    raw: str, zone: str
) -> None:
    at_once = dates._read(raw, DateOrigin.FEED, zone, "dmy")
    in_words = dates._in_words(raw, DateOrigin.FEED, dates._zone(zone), "dmy")
    assert at_once == in_words
    assert repr(at_once) == repr(in_words)


def test_a_date_read_again_is_the_same() -> None:
    first = read("05/10/2026 08:10", origin=DateOrigin.FEED, zone="UTC")
    again = read("05/10/2026 08:10", origin=DateOrigin.FEED, zone="UTC")
    other = read("05/10/2026 08:10", origin=DateOrigin.FEED, zone="UTC", order="mdy")
    assert first == again != other
