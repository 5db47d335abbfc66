"""Translates the texts that people read, through one gettext catalogue.

Every such text is written in Chinese at the place that uses it and passes through ``tr``. The Chinese text is
the key of the catalogue (gettext's msgid), so a text without a translation is still a whole sentence.
``scripts/translate`` brings the catalogue up to date with the code.

Call ``tr`` when the text is needed, never while a module is imported: the language is not known at that time.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

LANGUAGES = ("zh", "en")
VARIABLE = "HARNESS_LANG"
_FOLDER = Path(__file__).parent / "locale"
_SOURCE = LANGUAGES[0]
_UNKNOWN = "没有 {name} 这种语言 / no such language: {name} ({known})"


class _WithPlurals(Formatter):
    """Formats ``{n} {n:case|cases}``: the first word for a value of 1, the second for all others.

    gettext has one plural for a message, and ours may count two things: "1 file, 2 cases".
    """

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else many


_plurals = _WithPlurals()
_language = _SOURCE
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


class UnknownLanguageError(ValueError):
    """There is no such language. The message is in both languages: the reader may know only one."""


def set_language(name: str) -> None:
    """Translate all further texts into the language *name*.

    Raises:
        UnknownLanguageError: there is no such language.
    """
    global _language, _catalogue  # noqa: PLW0603  # the one setting of the process
    if name not in LANGUAGES:
        raise UnknownLanguageError(_UNKNOWN.format(name=name or "''", known="|".join(LANGUAGES)))
    if name == _SOURCE:
        _catalogue = gettext.NullTranslations()
    else:
        _catalogue = gettext.translation("harness", _FOLDER, [name])
    _language = name


def language() -> str:
    """Return the name of the current language."""
    return _language


def tr(text: str, /, **values: object) -> str:
    """Return *text* in the current language, with each ``{name}`` replaced from *values*.

    A translation may have ``{name:one|many}``, which is ``one`` for the value 1. Braces inside a value have
    no meaning.
    """
    # gettext keeps the header of the catalogue under the empty text.
    translated = _catalogue.gettext(text) if text else ""
    return _filled(translated, values) if values else translated


def _filled(text: str, values: Mapping[str, object]) -> str:
    if _language != _SOURCE and "|" in text:
        return _plurals.vformat(text, (), values)
    return text.format(**values)
