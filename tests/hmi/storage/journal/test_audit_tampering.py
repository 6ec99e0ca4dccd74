"""Whoever bends the record is found out: ten kinds of tampering, each at random places, by somebody without the key."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi.storage.journal.audit_chain import Head, Method, body_of, canonical
from hmi.storage.journal.audit_rows import INSERT, AuditChain
from hmi.storage.journal.journal import Journal
from tests.support.audit import KEYED, check, facts, fill

ROWS = 60
OLDER = 45
ANCHORED_EVERY = 10
TIMES = 60

Tamper = Callable[[sqlite3.Connection, random.Random, Path], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Head]]:
    """A record, an older copy of it beside, and the heads that were kept elsewhere: each tenth, and the last."""
    folder = tmp_path_factory.mktemp("sound")
    journal = Journal(folder / "journal.db")
    heads = fill(journal, OLDER)
    journal.close()
    shutil.copy(folder / "journal.db", folder / "older.db")
    journal = Journal(folder / "journal.db")
    heads += fill(journal, ROWS - OLDER)
    journal.close()
    return folder / "journal.db", [head for head in heads if not head.count % ANCHORED_EVERY]


def some_row(rng: random.Random, first: int = 1, last: int = ROWS) -> int:
    return rng.randint(first, last)


def body(database: sqlite3.Connection, seq: int) -> str:
    return str(database.execute("SELECT body FROM audit WHERE seq = ?", (seq,)).fetchone()[0])


def change_a_value(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    seq = some_row(rng)
    said = json.loads(body(database, seq))
    name = rng.choice(["user", "target", "result", "reason", "at_us", "role", "old_us", "latency_ms", "marks"])
    said[name] = {"at_us": said["at_us"] + 1, "old_us": 7, "latency_ms": 0.5, "marks": ["alone"]}.get(name, "Bob")
    database.execute("UPDATE audit SET body = ? WHERE seq = ?", (canonical(said), seq))


def change_a_code(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    seq, column = some_row(rng), rng.choice(["mac", "previous_mac"])
    code = bytearray(database.execute(f"SELECT {column} FROM audit WHERE seq = ?", (seq,)).fetchone()[0])
    code[rng.randrange(32)] ^= 1 << rng.randrange(8)
    database.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (bytes(code), seq))


def swap_two_rows(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    one, two = rng.sample(range(1, ROWS + 1), 2)
    database.execute("UPDATE audit SET seq = -1 WHERE seq = ?", (one,))
    database.execute("UPDATE audit SET seq = ? WHERE seq = ?", (one, two))
    database.execute("UPDATE audit SET seq = ? WHERE seq = -1", (two,))


def delete_one_in_the_middle(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    seq = some_row(rng, 2, ROWS - 1)
    database.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    if rng.random() < 0.5:  # and close the gap
        database.execute("UPDATE audit SET seq = -seq WHERE seq > ?", (seq,))
        database.execute("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")


def delete_the_tail(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    database.execute("DELETE FROM audit WHERE seq > ?", (some_row(rng, 0, ROWS - 1),))


def delete_the_head(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    seq = some_row(rng, 1, ROWS - 1)
    database.execute("DELETE FROM audit WHERE seq <= ?", (seq,))
    if rng.random() < 0.5:  # and say that the program did it
        forge(database, ROWS, Method(b"x" * 32), chain={"event": "cut", "first_kept": seq + 1, "mac": "00" * 32})


def insert_a_forged_row(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    after = some_row(rng, 1, ROWS)
    database.execute("UPDATE audit SET seq = -seq WHERE seq > ?", (after,))
    database.execute("UPDATE audit SET seq = -seq + 1 WHERE seq < 0")
    forge(database, after, rng.choice([Method(), Method(b"x" * 32)]))


def renumber(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    seq, by = some_row(rng), rng.randint(1, 5)
    database.execute("UPDATE audit SET seq = -seq WHERE seq >= ?", (seq,))
    database.execute("UPDATE audit SET seq = -seq + ? WHERE seq < 0", (by,))


def chain_the_tail_anew(database: sqlite3.Connection, rng: random.Random, _folder: Path) -> None:
    """Change a row and make all codes from there on anew, with another key, none, or none and a row that says so."""
    seq = some_row(rng)
    tail = [json.loads(text) for (text,) in database.execute("SELECT body FROM audit WHERE seq >= ?", (seq,))]
    database.execute("DELETE FROM audit WHERE seq >= ?", (seq,))
    tail[0]["user"] = "Bob"
    method = rng.choice([Method(), Method(b"x" * 32)])
    if rng.random() < 0.5 and seq > 1:
        change = {"event": "method", "from": KEYED.key_id, "to": method.key_id}
        tail.insert(0, {**facts(seq), "chain": change})
    for number, said in enumerate(tail, seq):
        forge(database, number - 1, method, **{name: value for name, value in said.items() if name not in OWN})


OWN = ("seq", "method", "key")


def put_an_older_copy_in_place(database: sqlite3.Connection, rng: random.Random, folder: Path) -> None:
    database.execute("ATTACH ? AS older", (str(folder / "older.db"),))
    database.execute("DELETE FROM audit")
    database.execute(
        "INSERT INTO audit (seq, body, previous_mac, mac) SELECT seq, body, previous_mac, mac FROM older.audit"
    )
    for _ in range(rng.randint(0, 3)):
        newest = database.execute("SELECT max(seq) FROM audit").fetchone()[0]
        forge(database, newest, Method())
    database.commit()
    database.execute("DETACH older")


def forge(database: sqlite3.Connection, after: int, method: Method, **others: object) -> None:
    """Add a row behind another as well as somebody without the key can."""
    found = database.execute("SELECT mac FROM audit WHERE seq = ?", (after,)).fetchone()
    previous = found[0] if found else bytes(32)
    text = body_of(facts(after + 1, **others), after + 1, method)
    database.execute(INSERT, (after + 1, text, previous, method.mac(previous, text)))


KINDS: tuple[Tamper, ...] = (
    change_a_value,
    change_a_code,
    swap_two_rows,
    delete_one_in_the_middle,
    delete_the_tail,
    delete_the_head,
    insert_a_forged_row,
    renumber,
    chain_the_tail_anew,
    put_an_older_copy_in_place,
)


@pytest.fixture
def seed() -> int:
    found = random.SystemRandom().randrange(1 << 32)
    print(f"seed {found}")
    return found


@pytest.mark.parametrize("tamper", KINDS, ids=lambda tamper: tamper.__name__)
def test_sixty_of_each_kind_are_found_and_the_untouched_record_is_sound(
    tamper: Tamper, sound: tuple[Path, list[Head]], tmp_path: Path, seed: int
) -> None:
    path, kept = sound
    rng = random.Random(f"{seed} {tamper.__name__}")
    untouched = check(path, kept)
    assert (untouched.finding, untouched.rows, untouched.heads) == (None, ROWS, len(kept))
    before = snapshot(path)
    unfound = []
    for number in range(TIMES):
        bent = tmp_path / "bent.db"
        shutil.copy(path, bent)
        database = sqlite3.connect(bent)
        tamper(database, rng, path.parent)
        database.commit()
        database.close()
        if snapshot(bent) == before:
            raise AssertionError(f"nothing was tampered with, number {number} of seed {seed}")
        if check(bent, kept).finding is None:
            unfound.append(number)
        bent.unlink()
    assert not unfound, f"seed {seed}: {unfound}"


def snapshot(path: Path) -> list[tuple[object, ...]]:
    database = sqlite3.connect(path)
    found = database.execute("SELECT seq, body, previous_mac, mac FROM audit ORDER BY seq").fetchall()
    database.close()
    return found


def bend(path: Path, *statements: str) -> None:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


@pytest.mark.parametrize(
    ("statement", "row", "words"),
    [
        ("UPDATE audit SET body = replace(body, 'Ann', 'Bob') WHERE seq = 7", 7, "do not belong together"),
        ("DELETE FROM audit WHERE seq IN (8, 9)", 8, "rows 8 to 9 are missing"),
        ("UPDATE audit SET previous_mac = zeroblob(32) WHERE seq = 4", 4, "does not follow"),
        ("UPDATE audit SET body = replace(body, ',', ', ') WHERE seq = 5", 5, "not in the form"),
        ("UPDATE audit SET body = 'nothing' WHERE seq = 6", 6, "cannot be read"),
        ("UPDATE audit SET mac = hex(mac) WHERE seq = 3", 3, "not stored as a row"),
        ("DELETE FROM audit WHERE seq > 10", 11, "last rows are missing: the folder knows of row 20"),
        ("DELETE FROM audit WHERE seq < 6", 6, "no row says who removed them"),
        ("DELETE FROM audit", 1, "last rows are missing"),
    ],
)
def test_the_finding_names_the_first_bad_row_and_what_is_wrong(
    statement: str, row: int, words: str, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal.db")
    heads = fill(journal, 20)
    journal.close()
    bend(tmp_path / "journal.db", statement)
    finding = check(tmp_path / "journal.db", heads[-1:]).finding
    assert finding is not None
    assert (finding.seq, words in finding.what) == (row, True), finding


def test_a_row_that_says_another_number_is_found_even_where_its_code_is_right(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    fill(journal, 3, Method())
    journal.close()
    database = sqlite3.connect(tmp_path / "journal.db")
    (previous,) = database.execute("SELECT mac FROM audit WHERE seq = 3").fetchone()
    text = body_of(facts(4), 9, Method())
    database.execute(INSERT, (4, text, previous, Method().mac(previous, text)))
    database.commit()
    database.close()
    finding = check(tmp_path / "journal.db").finding
    assert finding is not None
    assert (finding.seq, "says that it is row 9" in finding.what) == (4, True)


def test_a_cut_tail_shows_only_where_a_head_is_kept_elsewhere_or_the_program_runs(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    heads = fill(journal, 20)
    journal.close()
    bend(tmp_path / "journal.db", "DELETE FROM audit WHERE seq > 10")
    assert check(tmp_path / "journal.db").finding is None  # what a chain alone cannot show
    assert check(tmp_path / "journal.db", heads[8:9]).finding is None
    assert check(tmp_path / "journal.db", heads[14:15]).finding is not None
    assert check(tmp_path / "journal.db", running=heads[-1]).finding is not None


def test_without_the_key_nothing_is_called_sound(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    fill(journal, 5)
    journal.close()
    verdict = check(tmp_path / "journal.db", key=b"")
    assert (verdict.finding, verdict.unproven, verdict.is_sound) == (None, 5, False)


def test_a_change_of_method_is_sound_when_a_row_says_so_and_a_lost_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    chain, plain = AuditChain(journal), Method()
    chain.append([facts(1)], plain)
    chain.append([facts(2, chain={"event": "method", "from": "", "to": KEYED.key_id})], KEYED)
    assert check(path).is_sound
    chain.append([facts(3, chain={"event": "method", "from": KEYED.key_id, "to": ""})], plain)
    verdict = check(path)
    assert (verdict.finding, verdict.plain, verdict.downgrades) == (None, 2, (3,))
    chain.append([facts(4)], KEYED)  # nobody says why
    finding = check(path).finding
    journal.close()
    assert finding is not None
    assert (finding.seq, "no row says why" in finding.what) == (4, True)


def test_rows_cut_by_order_leave_a_sound_record_and_cuts_nobody_ordered_do_not(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    heads = fill(journal, 20)
    chain = AuditChain(journal)
    chain.cut({**facts(21), "chain": {"event": "cut", "first_kept": 8, "mac": heads[6].mac.hex()}}, KEYED, 8)
    verdict = check(path, heads)
    assert (verdict.finding, verdict.first, verdict.rows, verdict.heads) == (None, 8, 14, 13)
    bend(path, "DELETE FROM audit WHERE seq < 12")
    finding = check(path, heads).finding
    journal.close()
    assert finding is not None
    assert (finding.seq, "no row says who" in finding.what) == (12, True)
