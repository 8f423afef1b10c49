"""`syndicate feeds`: what is published, and what of it there is."""

from __future__ import annotations


def test_every_feed_is_listed_with_what_it_carries(gathered):
    gathered.run("publish")
    found = {one["key"]: one for one in gathered.json("feeds", "list")}
    assert list(found) == ["all", "category/cau-duong", "source/luu"]
    everything = found["all"]
    assert (everything["published"], everything["stories"]) == (True, 3)
    assert (everything["gone"], everything["pages"], everything["followers"]) == (
        0,
        0,
        0,
    )
    assert everything["changed"]
    assert everything["addresses"] == {
        ending: f"https://ban.example/feeds/all.{ending}"
        for ending in ("rss", "atom", "json", "html")
    }
    assert found["category/cau-duong"]["categories"] == ["cau-duong"]
    assert "category/cau-duong" in gathered.run("feeds", "list").stdout


def test_a_feed_that_was_never_published_says_so(desk):
    found = desk.json("feeds", "show", "all")
    assert (found["published"], found["stories"], found["changed"]) == (False, 0, None)
    assert "syndicate publish" in desk.run("feeds", "list").stdout
    assert "syndicate publish" in desk.run("feeds", "show", "all").stdout


def test_a_feed_tells_what_it_takes_in_and_where_it_is_read(gathered):
    gathered.write(
        '\n[[feed]]\nkey = "cau"\ntitle = "Cầu"\nphrases = ["khánh thành"]\n'
        'languages = ["vi"]\nrights = "link"\norder = "published"\nlimit = 2\n'
    )
    gathered.run("publish")
    found = gathered.json("feeds", "show", "cau")
    assert (found["rights"], found["order"], found["limit"]) == ("link", "published", 2)
    assert (found["phrases"], found["stories"]) == (["khánh thành"], 3)
    said = gathered.run("feeds", "show", "cau").stdout
    for word in ("khánh thành", "vi", "link", "/feeds/cau.rss"):
        assert word in said


def test_the_rights_of_a_feed_are_no_more_than_those_of_the_desk(gathered):
    gathered.write('\n[publish]\nrights = "extract"\n')
    assert gathered.json("feeds", "show", "all")["rights"] == "extract"


def test_a_feed_that_there_is_not_is_an_error_with_those_that_there_are(desk):
    assert "source/luu" in desk.run("feeds", "show", "x", code=4).stderr
