"""Faults of log-in, detail and upload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from standin.contract import Refusal
from standin.credentials import DEFAULT_TOKEN
from standin.faults.fault import Fault
from standin.faults.files import with_file_fields
from standin.hooks import Hooks
from standin.policy import Policy


def _own_words(refusal: Refusal, is_known: bool) -> Refusal:
    return replace(refusal, msg="密码错误" if is_known else "用户不存在")


def _whole_user(ended: list[Any], same_user: list[Any]) -> list[Any]:
    return same_user


def _half_text(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return {**record, "policyText": policy.text[: len(policy.text) // 2]}


def _number_as_id(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return {**record, "id": policy.id}


def _seen_by_tenant(is_visible: bool, policy: Policy, tenant: str) -> bool:
    return policy.tenant == tenant


def _seen_by_all(is_visible: bool, policy: Policy, tenant: str) -> bool:
    return not (policy.draft or policy.deleted)


def _garbled(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "fileName": data["fileName"].encode().decode("latin-1")}


def _with(**fields: Any) -> Callable[..., dict[str, Any]]:
    return lambda value, *_: {**value, **fields}


ENDPOINTS = (
    Fault(116, "login-any-password", "密码不对也能登录", lambda: Hooks(password=(lambda _: True,))),
    Fault(
        117,
        "login-echoes-password",
        "登录的答复带回密码",
        lambda: Hooks(login=(lambda data, password: {**data, "password": password},)),
    ),
    Fault(118, "login-reveals-user", "登录失败时说出用户存不存在", lambda: Hooks(wrong_login=(_own_words,))),
    Fault(
        119,
        "login-without-token",
        "登录成功而没有给令牌",
        lambda: Hooks(login=(lambda data, password: {**data, "token": ""},)),
    ),
    Fault(
        120, "session-outlives-logout", "退出登录后令牌仍有效", lambda: Hooks(logged_out=(lambda _: False,))
    ),
    Fault(121, "session-never-expires", "令牌过了期限仍有效", lambda: Hooks(expired=(lambda _: False,))),
    Fault(
        122, "logout-ends-others", "退出一处，同一用户别处的登录也失效", lambda: Hooks(log_out=(_whole_user,))
    ),
    Fault(123, "detail-text-cut", "详情的正文只有一半，与列表不同", lambda: Hooks(detail=(_half_text,))),
    Fault(
        124,
        "detail-without-files",
        "详情没有附件，列表有",
        lambda: Hooks(detail=(lambda record, policy: {**record, "files": []},)),
    ),
    Fault(125, "detail-id-number", "详情的 id 变成数字", lambda: Hooks(detail=(_number_as_id,))),
    Fault(
        126,
        "detail-file-elsewhere",
        "详情的附件地址与列表不同",
        lambda: Hooks(detail=(lambda r, _: with_file_fields(r, fileUrl="http://10.0.0.12:9000/oss/a.doc"),)),
    ),
    Fault(
        127,
        "detail-of-hidden",
        "草稿与已删除的政策，详情看得到",
        lambda: Hooks(detail_visible=(_seen_by_tenant,)),
    ),
    Fault(
        128, "detail-of-others", "别的租户的政策，详情看得到", lambda: Hooks(detail_visible=(_seen_by_all,))
    ),
    Fault(
        129,
        "detail-without-token",
        "详情不要令牌",
        lambda: Hooks(detail_token=(lambda token: token or DEFAULT_TOKEN,)),
    ),
    Fault(
        130,
        "upload-without-token",
        "上传不要令牌",
        lambda: Hooks(upload_token=(lambda token: token or DEFAULT_TOKEN,)),
    ),
    Fault(131, "upload-any-type", "不允许的类型也能上传", lambda: Hooks(upload_type=(lambda _: True,))),
    Fault(
        132,
        "upload-cut",
        "上传的文件只存下前一半",
        lambda: Hooks(stored=(lambda data: data[: len(data) // 2],)),
    ),
    Fault(133, "upload-name-garbled", "上传后中文文件名成了乱码", lambda: Hooks(upload=(_garbled,))),
    Fault(134, "upload-size-zero", "上传的答复里文件大小是 0", lambda: Hooks(upload=(_with(fileSize=0),))),
    Fault(135, "delete-keeps-file", "删除上传的文件，文件还在", lambda: Hooks(deleted=(lambda _: False,))),
)
