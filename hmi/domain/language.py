"""The operator's language: every sentence of the program goes through `tr`."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "locale"
_translation = gettext.translation("roams", localedir=_FOLDER, fallback=True)


def tr(text: str) -> str:
    """Return the text in the operator's language; as it is where there is no translation."""
    return _translation.gettext(text)
