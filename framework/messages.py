"""What people read, in one place for one switch of language.

Every text a person reads is written in Chinese where it is used and passes through ``tr``; the Chinese text is the key of
the catalogue (gettext's msgid), so a text without a translation is still a whole sentence.
"""
from __future__ import annotations

import gettext

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def tr(text: str, /, **values: object) -> str:
    """Return *text* in the chosen language with ``{name}`` filled in from *values*; a value is never read as a format."""
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated
