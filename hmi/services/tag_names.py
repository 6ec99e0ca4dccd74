"""Tags by the names that people and files give them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tag_paths import BETWEEN, full_name
from hmi.domain.tags import TagKind
from hmi.services.port import RefusedError
from hmi.storage.exchange.mapping import NONE, ImportTag, TagBook, plain

CANDIDATES: Final = 5


def book_of(catalogue: Catalogue) -> TagBook:
    """Return the tags by all that a file may call them: name with station, name, key, id."""
    return TagBook(
        tuple(
            ImportTag(
                tag.index,
                (full_name(catalogue, tag), tag.name, tag.key, str(tag.id)),
                tag.unit,
                tag.revision.states if tag.kind is TagKind.DISCRETE else (),
                tag.kind is TagKind.TEXT,
            )
            for tag in catalogue.tags
        )
    )


def find_tags(catalogue: Catalogue, names: Sequence[str]) -> tuple[int, ...]:
    """Return the tags' indices. Raises RefusedError for the first name that nobody or several have, with candidates."""
    book = book_of(catalogue)
    found = tuple(book.find(name) for name in names)
    for name, tag in zip(names, found, strict=True):
        if tag == NONE:
            raise RefusedError(_why_not(name, candidates(catalogue, name), is_shared=plain(name) in book.ambiguous))
    return found


def candidates(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return up to some full names that may be meant: all that have each of its words, else those spelled alike."""
    by_plain = {plain(full_name(catalogue, tag)): full_name(catalogue, tag) for tag in catalogue.tags}
    words = plain(name).replace(BETWEEN.strip(), " ").split()
    fitting = [full for key, full in by_plain.items() if words and all(word in key for word in words)]
    if fitting:
        return tuple(sorted(fitting, key=lambda full: (len(full), full))[:CANDIDATES])
    own = {plain(tag.name): tag for tag in catalogue.tags}
    close = [by_plain[key] for key in get_close_matches(plain(name), by_plain, CANDIDATES)]
    close += [full_name(catalogue, own[key]) for key in get_close_matches(plain(name), own, CANDIDATES)]
    return tuple(dict.fromkeys(close))[:CANDIDATES]


def _why_not(name: str, alike: Sequence[str], *, is_shared: bool) -> str:
    words = tr("Several tags are called {name}.") if is_shared else tr("There is no tag called {name}.")
    said = [words.format(name=name)]
    if alike:
        said.append(tr("Do you mean {names}?").format(names=" | ".join(alike)))
    else:
        said.append(tr("Write station · tag."))
    return " ".join(said)
