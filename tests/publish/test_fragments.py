"""Documents put together from parts that are kept."""

from __future__ import annotations

import gzip
import io
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Rights
from syndicate.publish.forms.fragments import (
    SMALL,
    Form,
    Fragment,
    Frame,
    document,
    form_key,
    fragment,
    packed_whole,
)

FRAME = Frame(b"<feed>\n", b"", b"</feed>\n")


@given(
    st.binary(max_size=300),
    st.binary(max_size=4),
    st.binary(max_size=300),
    st.lists(st.binary(max_size=2000), max_size=8),
    st.sampled_from([0, SMALL]),
)
def test_the_twin_of_a_document_unpacks_to_it(head, between, tail, parts, small):
    told = [fragment(part) for part in parts]
    made = document(Frame(head, between, tail), told, small=small)
    assert made.content == head + between.join(parts) + tail
    assert gzip.decompress(made.packed) == made.content


def test_others_unpack_it_too():
    made = document(FRAME, [fragment(b"<entry/>\n" * 999)] * 50, small=0)
    done = subprocess.run(
        ["/bin/gzip", "-dc"], input=made.packed, capture_output=True, check=True
    )
    assert done.stdout == made.content
    assert gzip.GzipFile(fileobj=io.BytesIO(made.packed)).read() == made.content


def test_the_same_parts_give_the_same_bytes():
    parts = [fragment(bytes([n]) * n) for n in range(40)]
    assert document(FRAME, parts) == document(FRAME, list(parts))


def test_a_part_is_the_same_wherever_it_stands():
    part = fragment(b"x" * 500)
    again = Fragment(part.content, part.packed)
    told = [fragment(b"y" * 500), again, fragment(b"z"), again]
    made = document(FRAME, told, small=0)
    assert made.packed.count(part.packed) == 2


def test_a_short_document_is_packed_better_whole():
    parts = [
        fragment(f"<entry>{n}: the same words</entry>\n".encode()) for n in range(50)
    ]
    whole, joined = document(FRAME, parts), document(FRAME, parts, small=0)
    assert whole.content == joined.content
    assert len(whole.packed) < len(joined.packed) / 2


def test_an_empty_document_is_head_and_tail():
    assert document(FRAME, ()).content == b"<feed>\n</feed>\n"
    assert gzip.decompress(packed_whole(b"").packed) == b""


@pytest.mark.parametrize(
    ("form", "rights", "key"),
    [
        (Form.ATOM, Rights.FULL, "atom"),
        (Form.ATOM, Rights.EXTRACT, "atom/extract"),
        (Form.HTML, Rights.LINK, "html/link"),
    ],
)
def test_a_ceiling_of_rights_makes_another_part(form, rights, key):
    assert form_key(form, rights) == key
