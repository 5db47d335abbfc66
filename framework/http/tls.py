"""The files of ``tls`` in environments.yaml: whom to trust, and the client certificate.

They are read before anything is sent, so that a wrong file is one message and no failed handshake.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.cases.connection_settings import TlsFiles


@dataclass(frozen=True, slots=True)
class Identity:
    """Paths as requests takes them: ``ca`` instead of the usual authorities, certificate and key."""

    ca: str = ""
    cert: tuple[str, str] | None = None


def read_identity(files: TlsFiles | None, root: Path) -> Identity:
    """Return the paths of *files*, which are relative to *root*.

    Raises:
        ConfigError: a file is missing, has the wrong content, or its key has a passphrase.
    """
    if files is None:
        return Identity()
    ca, cert, key = (_existing(files, name, root) for name in ("ca", "cert", "key"))
    if key and b"ENCRYPTED" in key.read_bytes():
        # OpenSSL would ask for the passphrase at the terminal, and a run in CI would wait for ever.
        how = tr("用 openssl pkey -in {key} -out 新文件 去掉口令，并只让自己能读", key=files.key)
        raise ConfigError(Problem("tls-key", tr("tls 的 key 有口令：{key}", key=files.key), how, files.span))
    context = ssl.create_default_context()
    try:
        if ca:
            context.load_verify_locations(cafile=ca)
    except (ssl.SSLError, OSError):
        what = tr("tls 的 ca 不是 PEM 格式的证书：{ca}", ca=files.ca)
        raise ConfigError(Problem("tls-ca", what, tr("PEM 以 -----BEGIN 开头"), files.span)) from None
    try:
        if cert:
            context.load_cert_chain(cert, key or None)
    except (ssl.SSLError, OSError) as error:
        mismatch = getattr(error, "reason", "") == "KEY_VALUES_MISMATCH"
        what = tr("tls 的 key 不是这个 cert 的私钥") if mismatch else tr("tls 的 cert 或 key 不是 PEM 格式")
        how = tr("cert 里要有客户端证书（可带中间证书），key 是它的私钥")
        if not key and b"BEGIN CERTIFICATE" in (cert.read_bytes() if cert else b""):
            what, how = tr("tls 的 cert 里没有私钥"), tr("私钥在另一个文件里，就写 key: certs/client.key")
        raise ConfigError(Problem("tls-cert", what, how, files.span)) from None
    pair = (str(cert), str(key or cert)) if cert else None
    return Identity(str(ca or ""), pair)


def _existing(files: TlsFiles, name: str, root: Path) -> Path | None:
    written: str = getattr(files, name)
    if not written:
        return None
    path = root / written
    if not path.is_file():
        what = tr("tls 的 {name} 没有这个文件：{path}", name=name, path=written)
        raise ConfigError(Problem("tls-file", what, tr("路径从项目的根目录算起"), files.span))
    return path
