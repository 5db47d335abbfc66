"""Find the cause of a failed pip run in pip's own log.

pip often ends with the same line ("No matching distribution found") if the index cannot be reached, if the
package needs another Python, and if a mirror is behind. The rules below look for the lines that differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RETRY = "然后再运行一次"


@dataclass(frozen=True)
class Cause:
    """Why pip failed, how to mend it, and the line of pip's that shows it."""

    reason: str
    remedy: str
    line: str


@dataclass(frozen=True)
class Rule:
    """A line of pip's log that decides the cause; ``reason`` may use the pattern's named groups."""

    pattern: str
    reason: str
    remedy: str


NO_VERSION = "Could not find a version that satisfies the requirement"
PIN = rf"{NO_VERSION} (?P<pin>[^\s;]+)"
# pip goes on without an index that it cannot reach. That is the cause only if a package is then missing.
FETCH = rf"Could not fetch URL (?P<url>\S+): (?=(?s:.*){NO_VERSION})"

# The first rule that matches decides.
RULES = (
    Rule(
        r"No space left on device|Disk quota exceeded|not enough space on the disk",
        "磁盘空间不足",
        f"腾出空间（.venv、临时目录 TMPDIR 与 pip 的缓存所在的磁盘），{RETRY}",
    ),
    Rule(
        r"DO NOT MATCH THE HASHES",
        "下载到的文件与锁文件里的哈希不符：文件损坏，或镜像给出了别的文件",
        f"运行 pip cache purge 并换一个镜像，{RETRY}；仍然不符就不要安装，先查明文件来源",
    ),
    Rule(
        r"In --require-hashes mode|Hashes are required in --require-hashes mode",
        "锁文件不完整，有的包没有版本或哈希",
        "运行 scripts/lock 重新生成锁文件",
    ),
    Rule(
        FETCH + r".*(confirming the ssl certificate|\[SSL)",
        "无法确认软件源的证书（{url}）",
        f"代理或自建镜像用了自己的证书时，用环境变量 PIP_CERT 指明它的 CA 文件；并检查系统时间，{RETRY}",
    ),
    Rule(
        FETCH + r"(401|403|407) ",
        "软件源拒绝了请求（{url}）",
        f"检查镜像或代理的用户名与口令（pip config list），{RETRY}",
    ),
    Rule(
        FETCH + r".*(ProxyError|[Pp]roxy connection|connect to proxy|Tunnel connection)",
        "连不上代理",
        f"检查环境变量 HTTPS_PROXY、HTTP_PROXY 与 pip 的 proxy 设置，{RETRY}",
    ),
    Rule(
        FETCH + r"(?!404 )",
        "连不上软件源，或它没有正常应答（{url}）",
        f"检查网络与 pip 的镜像设置（pip config list），{RETRY}",
    ),
    Rule(
        PIN,
        "软件源里没有 {pin}，或没有能用于这个 Python 与系统的文件",
        f"镜像可能还没有同步：换一个镜像（环境变量 PIP_INDEX_URL），{RETRY}",
    ),
    Rule(
        r"conflicting dependencies|ResolutionImpossible",
        "依赖的版本互相冲突",
        "改正 requirements*.txt 里的版本，再运行 scripts/lock",
    ),
    Rule(
        r"subprocess-exited-with-error|metadata-generation-failed|Failed (to build|building wheel)",
        "有的包没有现成的安装文件，从源代码构建又失败了",
        "换用 README 里写明的 Python 版本；否则按日志补上编译器等构建工具",
    ),
    Rule(
        r"Permission denied|Access is denied",
        "没有写入的权限",
        f"让当前用户拥有项目目录与 .venv（不要用 sudo 运行），{RETRY}",
    ),
    Rule(
        r"[Tt]imed out|IncompleteRead|ProtocolError|Connection(Reset|Aborted)|Max retries exceeded",
        "下载中断",
        f"检查网络与 pip 的镜像设置（pip config list），{RETRY}",
    ),
    Rule(
        r"No module named pip|No such option|no such option",
        ".venv 里的 pip 不可用或太旧",
        f"删除 .venv，{RETRY}",
    ),
)

_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d+ ", re.MULTILINE)
_CREDENTIALS = re.compile(r"//[^/@\s]+@")
_LINE_LIMIT = 300


def find_cause(log: str, python: str) -> Cause:
    """Return the cause that *log* shows. *python* is the version of the Python that pip ran on."""
    text = _TIME.sub("", log)
    other_python = _needs_other_python(text, python)
    if other_python is not None:
        return other_python
    for rule in RULES:
        found = re.search(rule.pattern, text)
        if found is not None:
            groups = {name: _shown(value) for name, value in found.groupdict().items() if value}
            return Cause(rule.reason.format(**groups), rule.remedy, _decisive_line(text, found.start()))
    return Cause("pip 没有成功，原因见下一行与日志", f"按日志改正，{RETRY}", _last_error(text))


def _needs_other_python(text: str, python: str) -> Cause | None:
    """Return a cause if pip ignored the wanted version because of its Requires-Python."""
    wanted = re.search(PIN, text)
    if wanted is None or "==" not in wanted["pin"]:
        return None
    version = re.escape(wanted["pin"].partition("==")[2])
    ignored = re.search(
        rf"require a different python version:.*?(?<=[:;] ){version} Requires-Python ([^;\n]+)", text
    )
    if ignored is None:
        return None
    return Cause(
        f"{wanted['pin']} 不能用于 Python {python}，它需要 Python {ignored[1].strip()}",
        "删除 .venv，用环境变量 PYTHON 指明一个合适的 Python 再运行；"
        "这个 Python 若是 README 写明的版本，则改正 requirements*.txt 里的版本",
        _decisive_line(text, wanted.start()),
    )


def _decisive_line(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    return _shown(text[start:].partition("\n")[0])


def _last_error(text: str) -> str:
    """Return the last line that pip marks as an error, or else its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # "ERROR: Exception:" is the head of a traceback, whose last line names the error.
    errors = [line for line in lines if re.match(r"(ERROR|error): (?!Exception:$)", line)]
    return _shown((errors or lines or [""])[-1])


def _shown(line: str) -> str:
    """Return *line* without the long list of versions, and without a user name or password in an address."""
    short = re.sub(r"\(from versions: [^)]{40,}\)", "(from versions: …)", line.strip())
    short = _CREDENTIALS.sub("//***@", short)
    return short if len(short) <= _LINE_LIMIT else f"{short[:_LINE_LIMIT]}…"
