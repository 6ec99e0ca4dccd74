"""Blotting out what must not leave the computer: passwords, keys, tokens, headers, also within longer texts.

Names of users and hosts stay, since help is not possible without them. In doubt it is blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

BLOT: Final = "•••"
SECRET_WORDS: Final = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "cookie",
    "api_key",
    "apikey",
    "api-key",
    "private_key",
    "headers",
    "signature",
)
URL_WORDS: Final = ("webhook", "hook")
KEPT_TYPES: Final = (bool, int, float, type(None))

_WORDS: Final = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|api[-_ ]?key|private[-_ ]?key|signature|sig"
)
# Every search is bounded: a line may be long, and whoever wrote it may have meant no good.
_NAMES: Final = ("pass", "pwd", "secret", "token", "credential", "key", "sig")
"""One of them is in every text in which _WORDS are found."""
_PATTERNS: Final = (
    # Each with the words, in small letters, without one of which there is nothing to find: most lines have none.
    # A key in PEM, in a file or within a line of JSON.
    (
        ("private key",),
        re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
        ),
    ),
    # user:password@host; the last @ before a slash or a space ends the password.
    (("@",), re.compile(r"(?P<keep>\b[A-Za-z][A-Za-z0-9+.\-]{1,30}://[^\s/:@\"']{0,200}:)[^\s/\"']{1,500}(?=@)")),
    (
        ("authorization", "cookie"),
        re.compile(r"(?P<keep>\b(?:[a-z]{1,10}-)?(?:authorization|cookie)[\"']?\s*[:=]\s*)[^\r\n\"]+", re.IGNORECASE),
    ),
    (
        ("bearer", "basic", "digest", "token"),
        re.compile(r"(?P<keep>\b(?:bearer|basic|digest|token)\s+)[A-Za-z0-9+/=_.~\-]{8,}", re.IGNORECASE),
    ),
    (
        ("x-",),
        re.compile(
            r"(?P<keep>\bx-[a-z\-]{0,40}(?:key|token|secret|auth)[a-z\-]{0,40}[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+",
            re.IGNORECASE,
        ),
    ),
    # password=…, "password": "…", with quotes within JSON that are escaped, and words before and behind.
    (
        _NAMES,
        re.compile(
            rf"(?P<keep>(?<![a-z])[\w\-]{{0,40}}?(?:{_WORDS})[\w\-]{{0,40}}\\?[\"']?\s*(?:=>|[:=])\s*)"
            r"(?:\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|'[^']*'|[^\s,;&\"'}\])]+)",
            re.IGNORECASE,
        ),
    ),
    (("--",), re.compile(rf"(?P<keep>--(?:{_WORDS})\s+)\S+", re.IGNORECASE)),
    (_NAMES, re.compile(rf"(?P<keep>\b(?:{_WORDS})\s+(?:is|was)\s+)[^\s.,;]\S*", re.IGNORECASE)),
    (
        ("?", "&"),
        re.compile(r"(?P<keep>[?&](?:key|code|auth|access|sig|se|sv|st)[\w\-]*=)[^&\s\"']+", re.IGNORECASE),
    ),
    (("eyj",), re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?")),
    # Addresses of services whose path is the secret.
    (
        ("hook",),
        re.compile(r"(?P<keep>https?://[^\s/\"']{0,200}hook[^\s/\"']{0,200}/)[^\s\"'<>]+", re.IGNORECASE),
    ),
    (("hook",), re.compile(r"(?P<keep>https?://[^\s\"'<>]{0,300}?/(?:web)?hooks?/)[^\s\"'<>]+", re.IGNORECASE)),
    (("telegram",), re.compile(r"(?P<keep>https?://api\.telegram\.org/bot)[^\s/\"']+", re.IGNORECASE)),
    # A hash of Argon2 tells who tries long enough.
    (("$argon2",), re.compile(r"\$argon2(?:id|i|d)\$[^\s\"']+")),
)


def redact(text: str) -> tuple[str, int]:
    """Return a text with its secrets blotted out, and how many there were."""
    found, small = 0, text.lower()
    for words, pattern in _PATTERNS:
        if any(word in small for word in words):
            text, count = pattern.subn(_blotted, text)
            found += count
    return text, found


def redact_tree(value: object, *, is_hook: bool = False) -> tuple[object, int]:
    """Return settings, as JSON holds them, without what a secret's name stands before, and how much that was."""
    if isinstance(value, Mapping):
        return _redact_mapping(value, is_hook=is_hook)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        parts = [redact_tree(each, is_hook=is_hook) for each in value]
        return [part for part, _ in parts], sum(count for _, count in parts)
    if isinstance(value, str):
        return redact(value)
    return value, 0


def _redact_mapping(value: Mapping[object, object], *, is_hook: bool) -> tuple[object, int]:
    is_hook = is_hook or any(word in str(value.get("kind", "")).lower() for word in URL_WORDS)
    found, total = {}, 0
    for key, each in value.items():
        name = str(key).lower()
        if any(word in name for word in SECRET_WORDS) and not isinstance(each, KEPT_TYPES) and each not in ("", [], {}):
            found[str(key)], count = BLOT, 1
        elif name in ("url", "address") and isinstance(each, str) and (is_hook or name == "url"):
            found[str(key)], count = _host_only(each)
        else:
            inner, count = redact_tree(each, is_hook=is_hook)
            found[str(key)] = inner  # type: ignore[assignment]  # any value of JSON
        total += count
    return found, total


def _host_only(url: str) -> tuple[str, int]:
    """Return an address without its path, which is the secret of many services."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return BLOT, 1
    if not parts.hostname or (parts.path in ("", "/") and not parts.query and "@" not in parts.netloc):
        return redact(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/{BLOT}", 1


def _blotted(match: re.Match[str]) -> str:
    return (match.groupdict().get("keep") or "") + BLOT
