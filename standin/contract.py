"""The behaviour of the stand-in towards its callers.

Evidenced by the service's recorded reply: the route, the form of the ``Token`` header, the three keys of the
request body, the closed key sets of envelope, record and file and their order, ``totalNum`` as a numeric
string, ``hasNext``, the echo of page values, and the order of page 1.

Assumed, as in a usual Java service:

- ``Token`` missing, malformed, unknown or expired: HTTP 401, wrapped, ``code`` "401", each with its own
  ``msg``.
- A body that is empty, not UTF-8 or not a JSON object: HTTP 400, wrapped, ``code`` "400".
- A value of the wrong type, or over 2^31 - 1 (Java's ``Integer``): HTTP 400, wrapped; ``msg`` names the key.
- A body over 64 KiB: HTTP 413, wrapped, ``code`` "413".
- Another method than POST: HTTP 405, wrapped, ``code`` "405", with ``Allow: POST``.
- Another path: HTTP 404, wrapped, ``code`` "404".
- ``pageNo``, ``pageSize`` or ``query`` absent or null: 1, 10 and no filter.
- ``pageNo`` <= 0: acts as 1 and is echoed as 1.
- ``pageSize`` <= 0: HTTP 400, wrapped. ``pageSize`` > 200: reduced to 200 and echoed as 200.
- Past the last page: HTTP 200, empty ``result``, total kept, ``hasNext`` false.
- Unknown keys of the body or of ``query``: ignored.
- ``policyTitle``: part of the title; ``%`` and ``_`` are literal; width and case of ASCII make no difference;
  blank means no filter.
- ``policyType``, ``policyLevel``: equal to the integer. All filters are combined by AND.
- Order: ``publishTime``, ``priority``, ``id``, all descending.
- ``Content-Type`` of the request: ignored. Compression: none.

Log-in, detail and upload are assumed as a whole; ``accounts`` and ``uploads`` describe them.

A wrapped error is ``{"success": false, "code": "401", "msg": "...", "data": null}``. The token is checked
before the body.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE_LIST_PATH = "/api/service-qzh/auth/ycqYouthStartAppController/pageList"
FILES_PATH = "/oss/"
LOGIN_PATH = "/api/service-qzh/login"
LOGOUT_PATH = "/api/service-qzh/auth/logout"
DETAIL_PATH = "/api/service-qzh/auth/ycqYouthStartAppController/detail"
UPLOAD_PATH = "/api/service-qzh/auth/file/upload"
DELETE_PATH = "/api/service-qzh/auth/file/delete"
JSON_TYPE = "application/json;charset=UTF-8"

MAX_PAGE_SIZE = 200
MAX_BODY_BYTES = 64 * 1024
MAX_UPLOAD_BYTES = 1024 * 1024
# The largest value of Java's Integer.
MAX_INTEGER = 2**31 - 1


@dataclass(frozen=True)
class Refusal:
    """A wrapped error. ``status`` is the HTTP status, ``code`` the same as text in the envelope."""

    status: int
    msg: str
    allow: str = ""

    @property
    def code(self) -> str:
        return str(self.status)


class Refused(Exception):
    """A request gets a wrapped error as its answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.msg)
        self.refusal = refusal


NO_TOKEN = Refusal(401, "未登录,缺少令牌")
BAD_TOKEN = Refusal(401, "令牌无效,请重新登录")
EXPIRED_TOKEN_REFUSAL = Refusal(401, "令牌已过期,请重新登录")
NOT_JSON = Refusal(400, "请求体不是合法的JSON")
NOT_AN_OBJECT = Refusal(400, "请求体应为JSON对象")
PAGE_SIZE_TOO_SMALL = Refusal(400, "参数pageSize应大于0")
BODY_TOO_LARGE = Refusal(413, "请求体过大")
NO_SUCH_PATH = Refusal(404, "请求的资源不存在")
INTERNAL_ERROR = Refusal(500, "服务内部错误")
NO_SUCH_FILE = Refusal(404, "文件不存在")
WRONG_LOGIN = Refusal(401, "用户名或密码错误")
NO_SUCH_POLICY = Refusal(404, "政策不存在")
NOT_A_FORM = Refusal(400, "请求体不是multipart表单")
NO_FILE = Refusal(400, "参数file不能为空")
WRONG_FILE_TYPE = Refusal(400, "不支持的文件类型")


def wrong_type(key: str) -> Refusal:
    """Return the refusal of a value that has the wrong type for its key."""
    return Refusal(400, f"参数{key}类型错误")


def wrong_method(allow: str) -> Refusal:
    """Return the refusal of a method; ``allow`` lists the methods that exist."""
    return Refusal(405, "请求方法不支持", allow)
