"""The options of `python -m hmi history`, and what people write for times, spans and columns."""

from __future__ import annotations

import argparse
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from hmi.config.history_settings import describe
from hmi.storage.exchange.mapping import QualityCode, TimeFormat, Twice
from hmi.storage.exchange.sheet import ExportFormat

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN: Final = re.compile(r"(\d+)\s*([smhd])")


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="python -m hmi history", description="Readings out, in, and kept safe.")
    actions = options.add_subparsers(dest="action", required=True, metavar="ACTION")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--profile", type=Path, metavar="DIR", help="folder of configuration and history")
    common.add_argument("--demo", action="store_true", help="the demo's profile")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[common])

    action("status", "Say how the history stands.").add_argument("--json", action="store_true", help="as one object")
    _export_options(action("export", "Write readings of tags to a file."))
    _import_options(action("import", "Take readings from a CSV or Parquet file."))
    action("imports", "List the imports.").add_argument("--json", action="store_true", help="as one array")
    action("undo", "Take an import out again.").add_argument("id", type=int, help="its number in the list of imports")
    action("backup", "Make a checked copy of the history.").add_argument("folder", type=Path, help="where to")
    action("restore", "Put a copy in the history's place.").add_argument("backup", type=Path, help="the copy's folder")
    action("verify", "Read everything and say what is wrong.")
    action("seal", "Close the days that are over now, not only at night.")
    retain = action("retain", "Let go of what the settings do not keep; other settings are kept first.")
    retain.add_argument("--dry-run", action="store_true", help="say what would go, keep everything")
    for field in describe():
        flag = "--" + field.name.replace("_", "-")
        kind = int if field.is_whole else float
        retain.add_argument(flag, type=kind, metavar=field.unit.upper(), help=f"{field.label}. {field.help}")
    return options


def _export_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("file", type=Path, help="the file to write; its ending says the format")
    options.add_argument("--tag", action="append", required=True, metavar="NAME", help="a tag; may come several times")
    options.add_argument(
        "--from", dest="start", type=moment, required=True, metavar="TIME", help="2026-01-31, or 7d ago"
    )
    options.add_argument("--to", dest="end", type=moment, default=None, metavar="TIME", help="now when left out")
    options.add_argument("--format", type=ExportFormat, choices=list(ExportFormat), help="when the ending does not say")
    options.add_argument("--width", type=span_us, default=0, metavar="SPAN", help="averages of 1m, 15m, 1h …")
    options.add_argument("--wide", action="store_true", help="one column a tag, one row a time; of CSV and XLSX")
    options.add_argument("--full-precision", action="store_true", help="all digits, not only the tag's and three more")
    options.add_argument("--zone", default="UTC", help="of the times: UTC, local, or a name such as Europe/Madrid")
    options.add_argument("--separator", default=",", choices=(",", ";", "\t", "|"), help="of CSV")
    options.add_argument("--decimal", default=".", choices=(".", ","), help="of CSV")


def _import_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("file", type=Path, help="the file to read; how it is written is found out")
    options.add_argument("--column", action="append", default=[], metavar="COLUMN=TAG", help="of a wide file")
    options.add_argument("--tag", metavar="NAME", help="the tag that all rows are of")
    options.add_argument("--zone", default="", help="of times that name none; this machine's when left out")
    options.add_argument("--time-format", type=TimeFormat, choices=list(TimeFormat))
    options.add_argument("--clock", metavar="COLUMN", help="with the time of day; midnight when rows are whole days")
    options.add_argument("--twice", type=Twice, choices=list(Twice), help="which, when the clocks go back")
    options.add_argument("--quality", type=QualityCode, choices=list(QualityCode), help="what a quality column holds")
    options.add_argument("--encoding")
    options.add_argument("--separator")
    options.add_argument("--decimal", choices=(".", ","))
    options.add_argument("--unit", help="of the numbers, turned into the tag's")
    options.add_argument("--dry-run", action="store_true", help="show what would be taken and take nothing")
    options.add_argument("--faults", type=Path, metavar="FILE", help="write the faults to a CSV file")


def moment(text: str) -> int:
    """Return a time in UTC µs: a date, a date and time (this machine's zone unless it says one), or "7d ago"."""
    found = _SPAN.fullmatch(text.strip().removesuffix("ago").strip())
    if found:
        return time.time_ns() // 1000 - span_us(found[0])
    try:
        return round(datetime.fromisoformat(text).astimezone().timestamp() * 1_000_000)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 2026-01-31, 2026-01-31T12:00 or 7d.") from error


def span_us(text: str) -> int:
    """Return a span in µs: a number and s, m, h or d."""
    found = _SPAN.fullmatch(text.strip())
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no span; write 10s, 1m, 1h or 1d.")
    return int(found[1]) * SECONDS[found[2]] * 1_000_000
