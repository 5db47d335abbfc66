"""What people read, in one place for one switch of language.

Every text a person reads is written in Chinese where it is used and passes through ``tr``; the Chinese text
is the key of the catalogue (gettext's msgid), so a text without a translation is still a whole sentence.
``scripts/translate`` brings the catalogue up to date with the code.

``tr`` is called when the text is needed, never while a module is imported: by then the language is not yet
known.
"""

from __future__ import annotations

import gettext
from pathlib import Path

LANGUAGES = ("zh", "en")
VARIABLE = "HARNESS_LANG"
_FOLDER = Path(__file__).parent / "locale"
_SOURCE = LANGUAGES[0]
_UNKNOWN = "没有 {name} 这种语言 / no such language: {name} ({known})"

_language = _SOURCE
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


class UnknownLanguageError(ValueError):
    """There is no such language; told in both, for whoever asked for it may read only one."""


def use(name: str) -> None:
    """Speak the language called *name* from now on.

    Raises:
        UnknownLanguageError: there is no such language.
    """
    global _language, _catalogue  # noqa: PLW0603  # the one switch
    if name not in LANGUAGES:
        raise UnknownLanguageError(_UNKNOWN.format(name=name, known="|".join(LANGUAGES)))
    _catalogue = (
        gettext.NullTranslations() if name == _SOURCE else gettext.translation("harness", _FOLDER, [name])
    )
    _language = name


def language() -> str:
    """Return the name of the language that is spoken."""
    return _language


def tr(text: str, /, **values: object) -> str:
    """Return *text* in the chosen language with ``{name}`` filled in from *values*; a value is never read as
    a format.
    """
    translated = _catalogue.gettext(text) if text else ""  # gettext keeps its own notes under the empty text
    return translated.format(**values) if values else translated
