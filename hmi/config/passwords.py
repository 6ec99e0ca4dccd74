"""What a password must be, and passwords that the program makes itself; no hashing here."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from hmi.domain.accounts import name_key
from hmi.domain.language import tr

LEAST: Final = 12
MOST: Final = 256
"""Longer ones are refused before anything is worked out of them."""
NAME_LEAST: Final = 3
DIFFERENT_LEAST: Final = 5

COMMON: Final = frozenset(
    {
        "abcdefghijkl",
        "abcdabcdabcd",
        "adminadminadmin",
        "administrator",
        "changemechangeme",
        "correcthorsebatterystaple",
        "iloveyouiloveyou",
        "letmeinletmein",
        "monkeymonkey",
        "operatoroperator",
        "passwordpassword",
        "pumpstation",
        "qazwsxedcrfv",
        "qwertyqwerty",
        "qwertyuiop",
        "qwertyuiopasdf",
        "scadascadascada",
        "waterstation",
        "welcomewelcome",
        "zxcvbnmasdfg",
    }
)
"""What people choose first when twelve characters are asked for; digits and signs around them do not help."""
WORDS: Final = frozenset(
    {
        "admin",
        "changeme",
        "default",
        "dragon",
        "football",
        "iloveyou",
        "letmein",
        "login",
        "master",
        "monkey",
        "operator",
        "pass",
        "passw0rd",
        "password",
        "plant",
        "pump",
        "qwerty",
        "roams",
        "scada",
        "secret",
        "station",
        "summer",
        "sunshine",
        "test",
        "water",
        "welcome",
        "winter",
        "",
    }
)
"""Words that are no secret by themselves; an empty one stands for nothing but digits and signs in a row."""
ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is taken for something else when it is read from paper."""


def normal(password: str) -> str:
    """Return a password in the one form that is hashed: what looks the same is the same on every keyboard."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def password_fault(password: str, name: str, least: int = LEAST) -> str:
    """Return what is wrong with a new password of a user; empty for nothing."""
    given = normal(password)
    if len(given) < least:
        return tr("At least {least} characters. Several words make a good password.").format(least=least)
    if len(given) > MOST:
        return tr("{most} characters are the most.").format(most=MOST)
    folded = name_key(given)
    if any(len(part) >= NAME_LEAST and part in folded for part in (name_key(name), *name_key(name).split())):
        return tr("It must not hold the user's name.")
    if _is_common(folded):
        return tr("It is one of those that are tried first. Choose another.")
    return ""


def make_password(groups: int = 4) -> str:
    """Return a password of groups of five that can be read from paper; four hold 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(groups))


def as_code(typed: str) -> str:
    """Return a code made by `make_password` from what was typed: capitals, spaces and dashes do not matter."""
    kept = [letter for letter in normal(typed).casefold() if letter.isalnum()][:MOST]
    return "-".join("".join(kept[start : start + 5]) for start in range(0, len(kept), 5))


def _is_common(folded: str) -> bool:
    letters = "".join(each for each in folded if each.isalpha())
    bare = "".join(each for each in folded if each.isalnum())
    if len(set(folded)) < DIFFERENT_LEAST or bare in COMMON or letters in COMMON:
        return True
    if letters in WORDS and not _is_mixed(folded):
        return True
    return any(bare in row * 4 or bare in row[::-1] * 4 for row in ROWS)


def _is_mixed(folded: str) -> bool:
    """Whether enough of it is neither a word nor a simple row of digits."""
    digits = "".join(each for each in folded if each.isdigit())
    return len(digits) >= LEAST and not any(digits in row * 4 or digits in row[::-1] * 4 for row in ROWS)
