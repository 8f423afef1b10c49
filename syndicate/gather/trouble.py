"""Pages that stand in another's place: challenges, logins, errors.

A failure must not become content: such a page is an error of its source, never an
article. Only short pages are suspected, since articles write of captchas too.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from syndicate.gather.page import node_text

_SHORT = 1_500
"""Characters that can be seen on the longest page that is suspected."""
_BARE = 300
_OPENING = 400

_CHALLENGE = "a bot challenge"
_DENIED = "a page that denies access"
_MAINTENANCE = "a page that says the site is under maintenance"
_NETWORK = "a login page of the network"
_LOGIN = "a login page"
_MISSING = "a page that says there is no such page"
_BROKEN = "a page that says the server has failed"
_GONE = "a page that says the site is closed"
_SCRIPTED = "a page that shows nothing without scripts (scripts = true draws it)"

# Anywhere among what can be seen, or in the title.
_SAID = (
    ("just a moment", _CHALLENGE),
    ("checking your browser", _CHALLENGE),
    ("attention required", _CHALLENGE),
    ("enable javascript and cookies", _CHALLENGE),
    ("captcha", _CHALLENGE),
    ("ddos protection", _CHALLENGE),
    ("ddos-guard", _CHALLENGE),
    ("incapsula", _CHALLENGE),
    ("request unsuccessful", _CHALLENGE),
    ("sucuri website firewall", _CHALLENGE),
    ("verify you are human", _CHALLENGE),
    ("verify that you are human", _CHALLENGE),
    ("are you a robot", _CHALLENGE),
    ("unusual traffic", _CHALLENGE),
    ("xác minh bạn không phải là robot", _CHALLENGE),
    ("xác minh bạn là con người", _CHALLENGE),
    ("xác minh bạn là người thật", _CHALLENGE),
    ("xác thực bạn không phải robot", _CHALLENGE),
    ("kiểm tra trình duyệt của bạn", _CHALLENGE),
    ("đang kiểm tra trình duyệt", _CHALLENGE),
    ("vui lòng chờ trong giây lát để hệ thống kiểm tra", _CHALLENGE),
    ("đang bảo trì", _MAINTENANCE),
    ("bảo trì hệ thống", _MAINTENANCE),
    ("đang nâng cấp hệ thống", _MAINTENANCE),
    ("hệ thống đang nâng cấp", _MAINTENANCE),
    ("website đang nâng cấp", _MAINTENANCE),
    ("under maintenance", _MAINTENANCE),
    ("down for maintenance", _MAINTENANCE),
    ("scheduled maintenance", _MAINTENANCE),
    ("access denied", _DENIED),
    ("truy cập bị từ chối", _DENIED),
    ("từ chối truy cập", _DENIED),
    ("bạn không có quyền truy cập", _DENIED),
    ("you don't have permission to access", _DENIED),
    ("you do not have permission to access", _DENIED),
    ("địa chỉ ip của bạn đã bị chặn", _DENIED),
    ("đăng nhập wifi", _NETWORK),
    ("captive portal", _NETWORK),
    ("web authentication redirect", _NETWORK),
    ("account has been suspended", _GONE),
    ("tài khoản đã bị tạm ngưng", _GONE),
    ("tên miền đã hết hạn", _GONE),
    ("domain has expired", _GONE),
    ("domain is for sale", _GONE),
    ("website đã ngừng hoạt động", _GONE),
    ("server error in '/' application", _BROKEN),
    ("error establishing a database connection", _BROKEN),
)
# Ordinary words: only as the title, or among the first things that are said.
_OPENS = (
    ("403 forbidden", _DENIED),
    ("forbidden", _DENIED),
    ("404 not found", _MISSING),
    ("page not found", _MISSING),
    ("error 404", _MISSING),
    ("lỗi 404", _MISSING),
    ("404 -", _MISSING),
    ("không tìm thấy trang", _MISSING),
    ("trang không tồn tại", _MISSING),
    ("trang bạn tìm không tồn tại", _MISSING),
    ("bài viết không tồn tại", _MISSING),
    ("bài viết này không tồn tại", _MISSING),
    ("nội dung không tồn tại", _MISSING),
    ("500 internal server error", _BROKEN),
    ("internal server error", _BROKEN),
    ("502 bad gateway", _BROKEN),
    ("503 service", _BROKEN),
    ("504 gateway", _BROKEN),
    ("service unavailable", _BROKEN),
    ("service temporarily unavailable", _BROKEN),
    ("runtime error", _BROKEN),
    ("lỗi hệ thống", _BROKEN),
    ("đã xảy ra lỗi", _BROKEN),
    ("đăng nhập hệ thống", _LOGIN),
    ("vui lòng đăng nhập", _LOGIN),
    ("bạn cần đăng nhập", _LOGIN),
    ("please log in", _LOGIN),
    ("please sign in", _LOGIN),
)
# In the markup of pages with hardly a word.
_WRITTEN = (
    ("cf-chl", _CHALLENGE),
    ("_incapsula_resource", _CHALLENGE),
    ("captcha", _CHALLENGE),
    ("ddos-guard", _CHALLENGE),
    ("/aes.js", _CHALLENGE),
    ("slowaes", _CHALLENGE),
    ('type="password"', _LOGIN),
    ("type='password'", _LOGIN),
)
_ROOTS = (
    "#root, #app, #__next, #__nuxt, app-root, #main-app, [ng-app], [data-reactroot]"
)


def trouble(tree: LexborHTMLParser) -> str:
    """Name a page that stands in another's place (challenge, login); "" if none."""
    body = tree.body
    head = tree.css_first("title")
    seen = node_text(body).lower() if body is not None else ""
    if len(seen) > _SHORT:
        return ""
    title = node_text(head).lower() if head is not None else ""
    text = f"{title}\n{seen}"
    opening = f"{title}\n{seen[:_OPENING]}"
    markup = (tree.html or "")[:20_000].lower() if len(seen) <= _BARE else ""
    found = next((name for words, name in _SAID if words in text), "")
    found = found or next((name for words, name in _OPENS if words in opening), "")
    found = found or next((name for words, name in _WRITTEN if words in markup), "")
    return found or (_SCRIPTED if markup and _is_scripted(tree, seen, markup) else "")


def _is_scripted(tree: LexborHTMLParser, seen: str, markup: str) -> bool:
    """An empty element for an application, or a line that asks for scripts."""
    asks = "javascript" in markup and ("enable" in markup or "bật javascript" in markup)
    root = tree.css_first(_ROOTS)
    empty = root is not None and not node_text(root)
    return len(seen) < 120 and "<script" in markup and (empty or asks)
