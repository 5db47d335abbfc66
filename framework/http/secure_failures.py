"""The errors of TLS and of proxies, each with its true cause. None advises to switch off the check."""

from __future__ import annotations

import ssl

from framework.base.errors import ConnectError, TimedOutError
from framework.base.messages import tr

# OpenSSL's X509_V_ERR_* (x509_vfy.h).
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNTRUSTED = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_WANTS_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "HANDSHAKE_FAILURE",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_UNKNOWN_CA",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
)
_OLD = ("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "VERSION_TOO_LOW")


def tls_failed(request: str, error: ssl.SSLError, connected: bool) -> ConnectError:
    """Return the error for a failed handshake or a certificate that does not hold.

    *connected*: the handshake had ended, so a later record failed.
    """
    code = getattr(error, "verify_code", 0)
    reason = error.reason or type(error).__name__
    what, how = _of_certificate(code) if code else _of_handshake(reason, connected)
    detail = getattr(error, "verify_message", "") or reason
    return ConnectError.of(
        "tls", tr("{request}：{what}（{detail}）", request=request, what=what, detail=detail), how
    )


def _of_certificate(code: int) -> tuple[str, str]:
    if code == _EXPIRED:
        return tr("服务的证书已经过期"), tr("请服务方换证书；也核对本机的时间")
    if code == _NOT_YET_VALID:
        return tr("服务的证书还没有生效"), tr("核对本机的时间，再问服务方")
    if code in _OTHER_NAME:
        return tr("服务的证书不是给这个主机名的"), tr("核对 base_url 的主机名，它要在证书里")
    if code in _UNTRUSTED:
        how = tr("服务用自己的 CA 时，把 CA 的证书写进 environments.yaml：tls: {ca: certs/ca.pem}")
        return tr("服务的证书不是可信的机构签发的"), how
    return tr("服务的证书没有通过校验"), tr("把括号里的原因交给服务方")


def _of_handshake(reason: str, connected: bool) -> tuple[str, str]:
    if any(word in reason for word in _NO_TLS):
        return tr("这个端口上不是 TLS"), tr("多半是 http：核对 base_url 的协议与端口")
    if any(word in reason for word in _OLD):
        return tr("服务只会太旧的 TLS 版本"), tr("请服务方开启 TLS 1.2 以上")
    if any(word in reason for word in _WANTS_CERTIFICATE):
        how = tr("写进 environments.yaml：tls: {cert: certs/client.pem, key: certs/client.key}")
        return tr("服务要客户端证书，或不接受这一张"), how
    if connected:
        return tr("TLS 握手之后的数据读不懂"), tr(
            "有人在途中改了数据，或服务、代理的 TLS 有错；把括号里的原因交给服务方"
        )
    return tr("TLS 握手失败"), tr("把括号里的原因交给服务方")


def handshake_stalled(request: str, seconds: float) -> TimedOutError:
    """Return the error for a server that accepted the connection and then did not finish the handshake."""
    what = tr("{request}：连上了，但 {seconds:g} 秒内没有完成 TLS 握手", request=request, seconds=seconds)
    how = tr("端口上可能不是 https，或前面的防火墙吞掉了数据；服务确实慢就调大 timeout 的 connect")
    return TimedOutError.of("connect-timeout", what, how)


def handshake_ended(request: str) -> ConnectError:
    """Return the error for a server that ended the connection within the handshake."""
    what = tr("{request}：对方在 TLS 握手途中断开了", request=request)
    how = tr("端口上可能不是 https；或服务要客户端证书，或不认识这个主机名")
    return ConnectError.of("tls", what, how)


def proxy_unreachable(request: str, proxy: str) -> ConnectError:
    """Return the error for a proxy that could not be connected to."""
    what = tr("{request}：连不上代理 {proxy}", request=request, proxy=proxy)
    return ConnectError.of("proxy", what, tr("确认代理已启动，environments.yaml 的 proxy 写得对"))


def proxy_refused(request: str, proxy: str, status: str) -> ConnectError:
    """Return the error for a proxy that did not make a tunnel to the service."""
    what = tr("{request}：代理 {proxy} 没有放行，HTTP {status}", request=request, proxy=proxy, status=status)
    how = tr("407 是代理要用户名和密码；403 是代理不允许这个主机")
    return ConnectError.of("proxy", what, how)
