"""Places that are named beside a document's number."""

from __future__ import annotations

import pytest

from syndicate.text.citations import cited
from syndicate.text.places import province_name


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("02-ĐA/TU của Ban Thường vụ Tỉnh ủy về dân vận", "Cửu Hà"),
        ("02-ĐA/TU ngày 23/5/2031 của Ban Thường vụ Tỉnh uỷ Bến Tre về", "Bến Tre"),
        ("02-ĐA/TU của Tỉnh uỷ Thanh Hoá", "Thanh Hóa"),
        ("05-NQ/TU của Thành ủy TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("05-NQ/TU của Thành ủy TP.HCM về", "Hồ Chí Minh"),
        ("05-NQ/TU của Thành ủy Huế về", "Huế"),
        ("NGHỊ QUYẾT 05-NQ/TU CỦA TỈNH ỦY BẾN TRE", "Bến Tre"),
        ("Tỉnh ủy Tuyên Quang đã ban hành Đề án số 02-ĐA/TU về", "Tuyên Quang"),
        ("05-NQ/TU của Tỉnh ủy Sông Tiền về", "Sông Tiền"),
        ("05-NQ/TU của Tỉnh ủy Cửu Hà Nguyễn Văn An", "Cửu Hà"),
        ("12/QĐ-UBND của UBND tỉnh Trà Vinh", "Trà Vinh"),
        ("12/QĐ-UBND của UBND huyện Ba Tri", "huyện Ba Tri, Cửu Hà"),
        (
            "12/QĐ-UBND ngày 3/4/2031 của Ủy ban nhân dân huyện Ba Tri, tỉnh Bến Tre",
            "huyện Ba Tri, Bến Tre",
        ),
        ("05-NQ/HU của Huyện ủy Giồng Trôm", "huyện Giồng Trôm, Cửu Hà"),
        ("05-NQ/ThU của Thành ủy Bến Tre", "thành phố Bến Tre, Cửu Hà"),
        ("05-NQ/ĐU của Đảng ủy xã Tân Lộc", "xã Tân Lộc, Cửu Hà"),
        ("05-NQ/ĐU của Đảng ủy phường 5", "phường 5, Cửu Hà"),
        ("03-KH/ĐUK của Đảng ủy Khối các cơ quan tỉnh Tuyên Quang", "Tuyên Quang"),
        ("5/QĐ-UBND của Chủ tịch UBND tỉnh Lê Văn An", "Cửu Hà"),
        ("Bí thư Tỉnh ủy Trần Hùng ký ban hành Kế hoạch số 5-KH/TU", "Cửu Hà"),
        ("Ban Dân vận Tỉnh ủy Hướng dẫn số 02-HD/BDVTU", "Cửu Hà"),
        ("THỰC HIỆN 05-NQ/TU CỦA TỈNH ỦY VỀ VIỆC HỌC", "Cửu Hà"),
        ("05-CT/TW của Bộ Chính trị tại Bến Tre", ""),
        ("05-NQ/TU. Tỉnh Bến Tre có", "Cửu Hà"),
        ("Chỉ thị số 01 của Tỉnh ủy Bến Tre", "Bến Tre"),
        ("Chỉ thị số 01 của Đảng ủy Khối", "Cửu Hà"),
    ],
)
def test_the_place_beside_a_number_wins_over_that_of_the_source(text, scope):
    (citation,) = cited(text, province="Cửu Hà")
    assert citation.scope == scope


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("tỉnh Khánh Hoà", "Khánh Hòa"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("thành phố Huế", "Huế"),
        ("Thừa Thiên - Huế", "Huế"),
        ("ĐẮC LẮC", "Đắk Lắk"),
        ("Cửu Hà", "Cửu Hà"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("", ""),
    ],
)
def test_a_province_has_one_name(told, name):
    assert province_name(told) == name


def test_a_source_whose_province_is_written_otherwise_has_the_same_documents():
    text = "Nghị quyết 05-NQ/TU"
    assert cited(text, province="tỉnh Khánh Hoà") == cited(text, province="Khánh Hòa")
