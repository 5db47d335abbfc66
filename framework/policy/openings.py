"""Says why a text cannot begin as it does: its first words would come after words that are lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from framework.base.messages import tr
from framework.policy.document_names import core_name, quoted_names, subject_of
from framework.policy.signing import SIGNATURE

_CN: Final = "〇零一二三四五六七八九十"
_DATE = re.compile(rf"(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日|[{_CN}]{{4}}年[{_CN}]{{1,2}}月[{_CN}]{{1,3}}日")
_REST_OF_DATE: Final = re.compile(r"[\d年月]{0,9}日")
_END: Final = re.compile(
    r"\(?此件(?:公开|主动公开|依申请公开|不予公开|删减后公开)(?:发布)?\)?|(?:特此(?:通知|公告|通报|函告|批复|报告)|请(?:认真|遵照|参照|结合"
    r"|抓好|各|按)[^。:]{0,30}(?:执行|实施|落实|办理|贯彻))。?"
)
# …遵照执行。 above the signature, without the words of the instruction.
_LETTER_END: Final = re.compile(
    r"(?!为|根据|按照|现|经|《)[^。:《]{1,30}(?:执行|实施|落实|办理|贯彻|配合|组织)。"
)
# The issued document is named before it: 《…》已经市政府同意,现印发给你们.
_ISSUED: Final = re.compile(r"[^《。]{0,30}(?:同意|通过|审定|审议),现(?:予以?)?(?:印发|转发|公布|发布)")
_NEVER_FIRST: Final = frozenset("的了着者们之性而且〔")
# The letter says what it issues before it says so: 《…》已经同意,现印发给你们.
_ISSUES_NOTHING: Final = re.compile(r"现(?:予以?)?(?:印发|转发|公布|发布)(?![^,。]{0,30}《)|章(?!程|节)")
_PURPOSE_END: Final = re.compile(r"[^。:《]{1,90},结合[^。,]{1,12}实际,(?:制定本|现提出|特制定|提出)")
_SIGNATURE: Final = re.compile(r"[一-鿿]{0,28}(?:室|局|委|府|会|部|院|署|处)")
# A salutation names whole bodies: 各区县人民政府, 市政府各部门.
_PLACES: Final = re.compile(r"部门|单位|政府|委|局|街道|镇|学校|公司|企业|机构")
# It begins with a level, with all of a kind, or with the name of a place or of a body.
_FIRST_ADDRESSEE: Final = re.compile(
    r"各|全|有关|相关|市|区|县|省|州|旗|国家|国务院|中央|中国|中共|在|驻|本|你|贵|机关|直属|所属|用人|高校|高等|企业|广大"
    r"|尊敬|亲爱|集团|校内|校属|系统|新疆生产建设兵团|军委|人民政府(?=[^、,:(])|[^、,:(]{1,12}各"
    r"|[一-鿿]{2,8}(?:省|市|区|县|州|旗)|[一-鿿]{2,14}(?:集团|公司|大学|学院|银行|医院|中心|协会|商会|管委会)"
    r"|(?:党政|办公|公安|检察|法院|教育|科技|科学|经济|经信|发展|发改|财政|民政|司法|人力|人社|自然资源|规划|生态|住房|住建|交通|水利"
    r"|农业|农村|乡村|商务|文化|文旅|卫生|卫健|应急|审计|市场|国资|统计|医疗|医保|金融|地方金融|知识|大数据|税务|海关|人民银行|残联|工会"
    r"|团委|共青|妇联|工商联|组织|宣传|统战|政法|信访|编办|体育|林业|气象|邮政|招商|投资|口岸|民族|外事|档案|退役|城市|城管|供销|科协)"
)
_OWN_BODIES: Final = re.compile(r"[局院校厅委部署处系](?:属|机关|直|内|各)")
_BARE_BODY: Final = re.compile(
    r"(?:人民)?政府(?:各?部门)?|(?:街道)?办事处|[有关主管]{0,4}部门|[有关属]{0,3}(?:企?事业)?单位|[一-鿿]?[局委部厅处室院会]"
)
_SUFFIX_FIRST: Final = frozenset("府位门员局厅室构署")
# 为贯彻落实…决策部署,加快… without its first words.
_PURPOSE: Final = re.compile(
    r"[^,。:《]{1,40}(?:决策部署|部署要求|会议精神|大会精神|工作要求|精神),(?:加快|更好|进一步|推动|促进|切实|结合|现|特|制定|打造)"
)
_OPENING: Final = re.compile(
    r"为|根据|按照|依据|遵照|依照|贯彻|落实|深入|全面|认真|经|近|以|围绕|坚持|对照|结合|遵循|鉴于|由于|在|党|学习|今|当|自"
    r"|随着|因|兹|接|据|对|关于|凡|本|我|你|贵|全[国省市区县]|[国省市区县](?=委|政府|[人财教科])|中[共国央]|这|上|下|每|时值|值此|如|若|请"
    r"|[^,。:;]{2,16}(?:是|事关|关系|作为)"
    r"|元旦|春节|中秋|国庆|国务院|五[一四]|\d{1,2}(?:年|月|日)|各|有关事项|现|特|加快|加强|推[动进]|促进|实施|进一步|切实|大力|积极|目前|最近"
)
# The first sentence says why and on what basis: 为…,根据…,现提出如下意见. These words say neither.
_NO_PURPOSE: Final = re.compile(
    r"加快|加强|推[动进]|促进|实施|进一步|切实|大力|积极|提升|优化|强化|支持|鼓励|结合[^。,]{1,12}实际,|中国(?!共产党)"
)
_PURPOSE_ENDS: Final = re.compile(
    r"[^。:《]{0,20}(?:《[^》]{1,80}》)?[^。]{0,300}(?:制定本|(?:提出|制定)(?:如下|以下|本)[^。,]{0,8})"
    r"[^。,]{0,8}[。:]"
)
# 022年, 24年青年项目: the year has lost its first digits. But 30年来, 5年内.
_CUT_YEAR: Final = re.compile(
    r"0\d{1,2}年|\d{3}年(?!来|前|间|后|以|内|历史)|\d{1,2}年(?!来|前|间|后|以|内|级|期|多|的|[,、至到-])"
    r"|[年月日]\d|日[,起至]"
)
_LONGEST_REST: Final = 10
# The rest of a sentence before the one that announces: 新创业大赛。现将有关事项通知如下.
_REST_OF_SENTENCE: Final = re.compile(r"[^。:《]{1,10}。(?:现|经|有关事项|为|特)")
_ANNOUNCES: Final = re.compile(
    r"(?!现|就|提|特|一|有关)[^。:《]{0,8}(?:公告|通知|通告|意见|函复|批复)如下[:。]|[告知见复]?如下[:。]"
)
_IN_FORCE: Final = re.compile(r"(?:本[^。,]{1,12})?自[^。]{2,30}起(?:正式)?(?:施行|实施|执行)。")


def impossible_opening(lines: Sequence[str], title: str, number: str) -> str:
    """Return why no document begins with *lines*, compact paragraphs; empty if one may.

    *title* and *number* are those of the record.
    """
    text = lines[0]
    if text != number and number.endswith(text):
        return tr("正文开头只剩文号的后半截，前面缺字")
    if _begins_with_end(lines):
        return tr("正文从结尾的话开始，前面缺字")
    if _begins_with_signature(lines):
        return tr("正文从落款开始，前面缺字")
    if text[0] in _NEVER_FIRST:
        return tr("正文以“{char}”开头，前面缺字", char=text[0])
    is_short = len(text) == 1 or (len(text) <= _LONGEST_REST and text[-1] in "。;")
    is_short = is_short and len(lines) > 1
    if is_short or _is_rest_of_sentence(text):
        return tr("正文从一句话的中间开始，前面缺字")
    if text.endswith(":") and _is_cut_salutation(text):
        return tr("称呼从一个词的中间开始，前面缺字")
    if _is_rest_of_issuer(lines, title):
        return tr("正文开头只剩发文机关的后半截，前面缺字")
    return ""


def _begins_with_end(lines: Sequence[str]) -> bool:
    text, following = lines[0], lines[1] if len(lines) > 1 else ""
    if _LETTER_END.fullmatch(text) and any(each.fullmatch(following) for each in (_SIGNATURE, _DATE, _END)):
        return True
    return any(each.fullmatch(text) for each in (_DATE, _REST_OF_DATE, _END, _IN_FORCE))


def _begins_with_signature(lines: Sequence[str]) -> bool:
    """Return whether the first lines are authorities and the date of their signature."""
    dated = next((at for at, line in enumerate(lines) if _DATE.fullmatch(line)), 0)
    return dated > 0 and all(SIGNATURE.fullmatch(line) or line.startswith("(") for line in lines[:dated])


def _is_rest_of_sentence(text: str) -> bool:
    is_purpose = _PURPOSE.match(text) or _PURPOSE_END.match(text)
    if (
        _ISSUED.match(text)
        or _ISSUES_NOTHING.match(text)
        or (is_purpose and not _OPENING.match(text))
        or _CUT_YEAR.match(text)
    ):
        return True
    return _lacks_purpose(text) or any(each.match(text) for each in (_REST_OF_SENTENCE, _ANNOUNCES))


def _lacks_purpose(text: str) -> bool:
    if not _PURPOSE_ENDS.match(text.replace("(", "").replace(")", "")):
        return False
    return _NO_PURPOSE.match(text) is not None or not (_OPENING.match(text) or _MASTHEAD.match(text))


def _is_rest_of_issuer(lines: Sequence[str], title: str) -> bool:
    """Return whether the authority of the title has lost its first words: 政府办公厅 above 关于…."""
    issuer = title.partition("关于")[0]
    rest = lines[0]
    if len(lines) < 2 or not lines[1].startswith("关于") or rest == issuer or not issuer.endswith(rest):
        return False
    return issuer.removesuffix(rest)[-1] not in "市省区县州局委部厅办会院室府"


def continues_a_word(text: str, whole: str, fewest: int = 2) -> bool:
    """Return whether the first two characters of *text* always follow one and the same character in *whole*.

    济高 is only found in 经济高质量: then the text has lost the beginning of a word. *fewest* is the number
    of places that show it. After 加强 or 促进 a word begins.
    """
    start = text[:2]
    if len(start) < 2 or not all(map(_IDEOGRAPH.match, start)):
        return False
    before = {whole[found.start() - 1 : found.start()] for found in re.finditer(start, whole)}
    count = whole.count(start)
    if before & _ENDS_OF_VERBS:
        return False
    return count >= fewest and len(before) == 1 and _IDEOGRAPH.match(before.pop()) is not None


_IDEOGRAPH: Final = re.compile("[一-鿿]")
_ENDS_OF_VERBS: Final = frozenset("强进动展化行于的和与对成升快持励好做在为及等以将")
CERTAIN: Final = 6
"""So many places make it certain that a word has lost its beginning."""
FORMAL: Final = re.compile(r"(?:通知|函|批复|通报|请示|措施|细则|办法)(?:\([^()]{1,12}\))?$")
"""The title of a kind of document that begins in one of few ways."""
OPINION: Final = re.compile(r"(?:意见|决定|通告)(?:\([^()]{1,12}\))?$")
"""The title of a kind of document that may have a salutation."""
USUALLY_FORMAL: Final = re.compile(r"(?:公告|通告|公示|方案|计划)(?:\([^()]{1,12}\))?$")
"""The title of a kind of document of which some begin in a way of their own."""
ISSUING: Final = re.compile(r"(?:印发|转发).{2,120}通知$")
"""The title of a letter that issues another document."""
_MASTHEAD: Final = re.compile(
    r"\(|《|〔|目录|附件|第[一二三四五六七八九十百\d]+[章节条号]|[一二三四五六七八九十]+、|[^。]{0,40}〔\d{4}〕\d+号|\d{4}年|现|经|各"
)
_NAME_END: Final = re.compile(
    r"(?:通知|意见|办法|条例|方案|规划|计划|措施|决定|细则|规定|政策|指南|清单|制度|标准|要点|文件|公告|\))$"
)
_LONGEST_NAME: Final = 80
_MOST_LINES_OF_A_NAME: Final = 3
_SALUTATION: Final = re.compile(r"(?:(?!如下|以下|下列|为了|现[就将]|提出)[^。;]){2,400}?:")


def may_begin_letter(lines: Sequence[str], title: str) -> bool:
    """Return whether a letter, or the document alone that it issues, may begin with *lines*."""
    text = lines[0]
    if ISSUING.search(title) and _is_rest_of_issued(lines, title):
        return False
    begins_sentence = _OPENING.match(text) or _MASTHEAD.match(text) or text.lstrip("“‘《")[:2] in title
    is_name = len(text) <= _LONGEST_NAME and "。" not in text and (_NAME_END.search(text) or text in title)
    is_issuer = _SIGNATURE.fullmatch(text) is not None
    return bool(begins_sentence or is_name or is_issuer or _SALUTATION.match(text))


def _is_rest_of_issued(lines: Sequence[str], title: str) -> bool:
    """Return whether *lines* begin with the name of the issued document without its beginning.

    It may do without its place, but not without half a word.
    """
    for issued in quoted_names(title) or [core_name(subject_of(title))]:
        for count in range(1, _MOST_LINES_OF_A_NAME + 1):
            name = core_name("".join(lines[:count]))
            if name and name != issued and issued.endswith(name):
                return issued.removesuffix(name)[-1] not in "市省区县"
    return False


def _is_cut_salutation(text: str) -> bool:
    first = re.split(r"[,、:(]", text, maxsplit=1)[0]
    if len(first) == 1:
        return True
    is_salutation = _PLACES.search(text) is not None and not _OWN_BODIES.match(text)
    return is_salutation and (text[0] in _SUFFIX_FIRST or _BARE_BODY.fullmatch(first) is not None)


def begins_inside_salutation(text: str) -> bool:
    """Return whether the first line of a letter is a salutation whose first addressee is no whole one."""
    is_salutation = text.endswith(":") and _PLACES.search(text) is not None and "。" not in text
    return is_salutation and not (_FIRST_ADDRESSEE.match(text) or _OWN_BODIES.match(text))
