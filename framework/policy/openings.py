"""Says why a text cannot begin as it does: what is first would come after something that is lost."""

from __future__ import annotations

import re
from typing import Final

from framework.base.messages import tr

_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")
_END: Final = re.compile(
    r"\(?此件(?:公开|主动公开|依申请公开|不予公开|删减后公开)(?:发布)?\)?|(?:特此(?:通知|公告|通报|函告|批复|报告)|请(?:认真|遵照|参照|结合"
    r"|抓好|各|按)[^。:]{0,30}(?:执行|实施|落实|办理|贯彻))。?"
)
# …遵照执行。 above the signature, without the words that say what is to be done.
_LETTER_END: Final = re.compile(
    r"(?!为|根据|按照|现|经|《)[^。:《]{1,30}(?:执行|实施|落实|办理|贯彻|配合|组织)。"
)
# What is issued stands before it: 《…》已经市政府同意,现印发给你们.
_ISSUED: Final = re.compile(r"[^《。]{0,30}(?:同意|通过|审定|审议),现(?:予以?)?(?:印发|转发|公布|发布)")
_NEVER_FIRST: Final = frozenset("的了着者们之性而且〔")
_PURPOSE_END: Final = re.compile(r"[^。:《]{1,90},结合[^。,]{1,12}实际,(?:制定本|现提出|特制定|提出)")
_SIGNATURE: Final = re.compile(r"[一-鿿]{0,28}(?:室|局|委|府|会|部|院|署|处)")
# A salutation names whole bodies: 各区县人民政府, 市政府各部门.
_PLACES: Final = re.compile(r"部门|单位|政府|委|局|街道|镇|学校|公司|企业|机构")
_BARE_BODY: Final = re.compile(
    r"(?:人民)?政府|(?:街道)?办事处|[有关主管]{0,4}部门|[有关属]{0,3}(?:企?事业)?单位|[一-鿿]?[局委部厅处室院会]"
)
_SUFFIX_FIRST: Final = frozenset("府位门员局厅室构署")
# 为贯彻落实…决策部署,加快… without its first words.
_PURPOSE: Final = re.compile(
    r"[^,。:《]{1,40}(?:决策部署|部署要求|会议精神|大会精神|工作要求|精神),(?:加快|更好|进一步|推动|促进|切实|结合|现|特|制定|打造)"
)
_OPENING: Final = re.compile(
    r"为|根据|按照|依据|遵照|依照|贯彻|落实|深入|全面|认真|经|近|以|围绕|坚持|对照|结合|遵循|鉴于|由于|在|党|学习|今|当|自"
)


def impossible_opening(text: str, following: str, number: str) -> str:
    """Return why no document begins with *text*, a compact paragraph, and *following*; empty if one may.

    *number* is the issue number of the record.
    """
    if text != number and number.endswith(text):
        return tr("正文开头只剩文号的后半截，前面缺字")
    if _LETTER_END.fullmatch(text) and (_SIGNATURE.fullmatch(following) or _DATE.fullmatch(following)):
        return tr("正文从结尾的话开始，前面缺字")
    if _SIGNATURE.fullmatch(text) and _DATE.fullmatch(following):
        return tr("正文从落款开始，前面缺字")
    if _DATE.fullmatch(text) or _END.fullmatch(text):
        return tr("正文从结尾的话开始，前面缺字")
    if text[0] in _NEVER_FIRST:
        return tr("正文以“{char}”开头，前面缺字", char=text[0])
    is_purpose = _PURPOSE.match(text) or _PURPOSE_END.match(text)
    if _ISSUED.match(text) or (is_purpose and not _OPENING.match(text)):
        return tr("正文从一句话的中间开始，前面缺字")
    if text.endswith(":") and _PLACES.search(text) and _is_cut_salutation(text):
        return tr("称呼从一个词的中间开始，前面缺字")
    return ""


ISSUING: Final = re.compile(r"(?:印发|转发).{2,120}通知$")
"""The title of a letter that issues another document."""
_MASTHEAD: Final = re.compile(
    r"\(|《|〔|目录|附件|第[一二三四五六七八九十百\d]+[章节条号]|[一二三四五六七八九十]+、|[^。]{0,40}〔\d{4}〕\d+号|\d{4}年|现|经|各"
)
_NAME_END: Final = re.compile(
    r"(?:通知|意见|办法|条例|方案|规划|计划|措施|决定|细则|规定|政策|指南|清单|制度|标准|要点|文件|公告|\))$"
)
_LONGEST_NAME: Final = 80


def may_begin_letter(text: str, title: str) -> bool:
    """Return whether a letter that issues a document, or the document alone, may begin with *text*."""
    if _is_rest_of_issued(text, title):
        return False
    begins_sentence = _OPENING.match(text) or _MASTHEAD.match(text)
    is_name = len(text) <= _LONGEST_NAME and "。" not in text and (_NAME_END.search(text) or text in title)
    is_issuer = _SIGNATURE.fullmatch(text) is not None
    is_salutation = text.endswith(":")
    return bool(begins_sentence or is_name or is_issuer or is_salutation)


def _is_rest_of_issued(text: str, title: str) -> bool:
    """Return whether *text* is the name of the issued document without its beginning.

    It may do without its place, but not without half a word.
    """
    issued = title[title.find("《") + 1 : title.rfind("》")] if "《" in title else ""
    if text == issued or not issued.endswith(text):
        return False
    return issued.removesuffix(text)[-1] not in "市省区县"


def _is_cut_salutation(text: str) -> bool:
    first = re.split(r"[,、:(]", text, maxsplit=1)[0]
    return text[0] in _SUFFIX_FIRST or _BARE_BODY.fullmatch(first) is not None
