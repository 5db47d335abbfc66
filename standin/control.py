"""Switches the faults of a running stand-in: ``POST /__control__/faults`` with ``{"faults": ["total-int"]}``.

The path exists only if the stand-in was started with a key, and a request must have the key in
``Control-Key``. Like the rest of the stand-in, the path is reachable only on loopback.
"""

from __future__ import annotations

import hmac
import json
import os

from standin.contract import JSON_TYPE, NOT_AN_OBJECT, NOT_JSON, Refusal, Refused, wrong_type
from standin.faults import UnknownFault, hooks_for
from standin.hooks import Reply
from standin.records import to_json
from standin.service import Service

CONTROL_PATH = "/__control__/faults"
KEY_HEADER = "Control-Key"
KEY_VARIABLE = "STANDIN_CONTROL_KEY"
WRONG_KEY = Refusal(401, "控制密钥错误")


def key_from_environment() -> str:
    """Return the key from the environment, or "" if there is none."""
    return os.environ.get(KEY_VARIABLE, "")


def switch_faults(service: Service, key: str, given: str | None, body: bytes) -> Reply:
    """Replace the active faults by those that *body* names; an empty list makes the service sound again.

    Raises:
        Refused: 401 for a wrong key, 400 for a bad body or an unknown fault.
    """
    # Constant time, so that the key cannot be found by measuring.
    if not hmac.compare_digest((given or "").encode(), key.encode()):
        raise Refused(WRONG_KEY)
    names = _parse_names(body)
    try:
        service.switch_faults(hooks_for(names))
    except UnknownFault as error:
        raise Refused(Refusal(400, str(error))) from None
    return Reply(200, to_json({"faults": names}), JSON_TYPE)


def _parse_names(body: bytes) -> list[str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON) from None
    if not isinstance(document, dict):
        raise Refused(NOT_AN_OBJECT)
    names = document.get("faults")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refused(wrong_type("faults"))
    return names
