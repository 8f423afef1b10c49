"""Words that stand in every text, so that they tell nothing of any.

In the spelling of :func:`~syndicate.text.clean.key_text`.
"""

from __future__ import annotations

from syndicate.text.clean import key_text

_VIETNAMESE = """
ai anh ấy bà ba bao bạn bằng bây bên bị biết bởi các cái càng cả cần cho chẳng chị chỉ
chính cho chưa chúng có còn con cô cũng cùng cuộc của dưới do dù đã đang đâu đây để
đến đều đi điều đó được đối đủ em gì giờ giữa hai hay hãy hết hiện hoặc hôm hơn họ
khác khi không khoảng kia là làm lại lần lên lúc luôn mà mấy mình mọi mỗi một mới muốn
nay này năm nên nếu ngay ngày nào nó nói nơi nữa người nhau nhất nhiều nhưng những như
ở ông phải phút qua quá ra rằng rất rồi sao sau sáng sẽ số sự tại tất theo thấy thế
thêm thì tháng tôi tối tới trên trong trước trưa trở từ từng tuy và vẫn vào về vì việc
vậy với vừa xuống chiều đêm
"""
_ENGLISH = """
a about after again against all also am an and any are as at be because been before
being between both but by can could did do does doing down during each even few first
for from further had has have having he her here hers him his how i if in into is it
its just last like made make many may me might more most mr mrs ms much must my new no
nor not now of off on once one only or other our out over own said same say says she
should since so some such t than that the their them then there these they this those
three through to too two under until up upon us very was we were what when where which
while who whom whose why will with would you your s re ve ll d m
"""
_ADDRESSES = "http https www com net org html htm php asp aspx vn"

FUNCTION_WORDS = frozenset(key_text(f"{_VIETNAMESE} {_ENGLISH} {_ADDRESSES}").split())
"""Those of Vietnamese and of English, and the parts that all addresses have."""

_NEWS = """
ban bí biểu bộ cán cấp chấp chế chi chí chính chức chủ công cơ cường dân doanh dự dựng
đạo đại đảng đề địa định đoàn đồng đường gia giao hành hiện hội huyện khai khu kinh lãnh
lập liên mặt nam nâng ngành nghị nghiệp nghiệm nhà nhiệm nhân nước ngân pháp phát phó
phòng phố phương phường quan quận quân quản quốc quyết quyền sản sở sinh tác tài tâm tập
tế thành thông thôn thi thị thủ thư thực thường tích tiến tịch tỉnh toàn tổ tổng triển
trung trưởng trường tuyên tư ubnd hđnd ủy viên việt vụ xã xây ương
billion chief company country department government group minister monday tuesday
wednesday thursday friday saturday sunday million national news official officials
people percent police president report reported state states statement today told week
weeks year years
"""
NEWS_WORDS = frozenset(key_text(_NEWS).split()) - FUNCTION_WORDS
"""Words that a good part of all news has: a young desk knows that without having met
any."""

MONTHS = {
    **dict.fromkeys(("january", "jan"), 1),
    **dict.fromkeys(("february", "feb"), 2),
    **dict.fromkeys(("march", "mar"), 3),
    **dict.fromkeys(("april", "apr"), 4),
    **dict.fromkeys(("june", "jun"), 6),
    **dict.fromkeys(("july", "jul"), 7),
    **dict.fromkeys(("august", "aug"), 8),
    **dict.fromkeys(("september", "sept", "sep"), 9),
    **dict.fromkeys(("october", "oct"), 10),
    **dict.fromkeys(("november", "nov"), 11),
    **dict.fromkeys(("december", "dec"), 12),
}
"""English names of months, but for May, which is a function word too."""
