"""Finding a tag by what is typed: words in any order, each a part of its label, accents and capitals left aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from hmi.domain.language import tr


class Finder:
    """Looks among labels, each of one tag. choices: label to the tag's index."""

    def __init__(self, choices: Mapping[str, int]) -> None:
        self.choices = choices
        self._folded = [(label, folded(label)) for label in choices]

    def found(self, text: str) -> Sequence[str]:
        """Return the labels that have every typed word in them, in their own order; nothing for no word."""
        words = folded(text).split()
        return [label for label, plain in self._folded if all(word in plain for word in words)] if words else []

    def one(self, text: str) -> str | None:
        """Return the label that is meant: the very text, or the only one that fits."""
        wanted = folded(text).strip()
        same = [label for label, plain in self._folded if plain == wanted]
        found = same if len(same) == 1 else self.found(text)
        return found[0] if len(found) == 1 else None

    def remark(self, text: str) -> str:
        """Return why nothing was taken of what was typed; nothing where nothing was typed."""
        typed, count = text.strip(), len(self.found(text))
        if not typed:
            return ""
        if not count:
            return tr("No tag fits “{text}”: check the spelling, or type less of it.").format(text=typed)
        sentence = tr("{count} tags fit “{text}”: choose one from the list, or type more of its name.")
        return sentence.format(count=count, text=typed)


def folded(text: str) -> str:
    """Return a text without accents and capitals, for comparing."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()
