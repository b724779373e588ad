"""Files are exchanged while they are read: the last good one answers, and says why there is no newer one."""

import asyncio
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable
from connectors.files.shelf import Shelf
from tests.connectors.files.office import TEXT, Office, declared, office
from tests.patience import PATIENCE_SECONDS, soon, until

OF = declared({"file": "a.csv"}, {"id": TEXT, "name": TEXT})
SECRET = "500000199001010001"


def drop(folder: Path, name: str, *, at: float | None = None, content: str | None = None) -> None:
    """Exchange the file as a careful office does: by renaming."""
    part = folder / "part"
    part.write_text(content or f"id,name\n{SECRET},{name}\n")
    if at is not None:
        os.utime(part, (at, at))
    part.replace(folder / "a.csv")


async def name_of(one: Office) -> str:
    ((_, name),) = await one.rows(SECRET)
    return str(name)


async def served(one: Office, name: str) -> None:
    """Wait until a new file answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await name_of(one) != name:
            await asyncio.sleep(0.02)


async def test_a_new_file_is_taken_without_a_restart(tmp_path: Path) -> None:
    drop(tmp_path, "old", at=1_600_000_000)
    async with office(tmp_path, OF) as one:
        loaded = await one.load(SECRET)
        assert loaded.as_of == datetime.fromtimestamp(1_600_000_000, UTC)
        assert not loaded.stale
        drop(tmp_path, "new", at=1_700_000_000)
        await served(one, "new")
        assert (await one.load(SECRET)).as_of == datetime.fromtimestamp(1_700_000_000, UTC)
        assert (await one.scan()).as_of == datetime.fromtimestamp(1_700_000_000, UTC)


async def test_a_broken_file_keeps_the_last_good_one_and_says_why(tmp_path: Path) -> None:
    drop(tmp_path, "old")
    async with office(tmp_path, OF) as one:
        await name_of(one)
        with capture_logs() as logged:
            drop(tmp_path, "", content=f"id,name\n{SECRET}\n")
            await one.until("d.r: a.csv: cut off or malformed at line 2")
            await asyncio.sleep(0.1)
        assert [(line["event"], line["reason"]) for line in logged] == [
            ("drop_not_served", "a.csv: cut off or malformed at line 2")
        ], "once, however often it is looked at"
        loaded = await one.load(SECRET)
        assert loaded.entries == (((SECRET, "old"),),)
        assert loaded.stale
        drop(tmp_path, "new")
        await served(one, "new")
        assert not (await one.load(SECRET)).stale
        await one.until("")


class MovedClock:
    """What tells the time, and is moved on by hand."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0
        self.looks = 0
        """How often it was looked at."""

    def time(self) -> float:
        return time.time() + self.ahead_seconds

    def monotonic(self) -> float:
        self.looks += 1
        return time.monotonic() + self.ahead_seconds


async def test_a_file_that_is_being_written_waits(tmp_path: Path) -> None:
    """Each time it is longer, it has to rest anew."""
    clock = MovedClock()
    drop(tmp_path, "old", at=1_600_000_000)
    async with office(tmp_path, OF, clock, settle_seconds=1_000) as one:
        await name_of(one)
        for length in range(4):
            drop(tmp_path, "", content=f"id,name\n{SECRET},half{'.' * length}", at=clock.time())
            clock.ahead_seconds += 400
            looks = clock.looks
            await until(lambda: clock.looks > looks + 6)
            assert await name_of(one) == "old"
        clock.ahead_seconds += 1_000
        await served(one, "half...")


async def test_the_first_file_is_waited_for_while_it_is_written(tmp_path: Path) -> None:
    clock = MovedClock()
    drop(tmp_path, "first")
    async with office(tmp_path, OF, clock, settle_seconds=1_000) as one:
        with pytest.raises(SourceTimeout):
            await one.load(SECRET, deadline=soon(0.05))
        clock.ahead_seconds += 1_000
        assert await name_of(one) == "first"


async def test_a_file_that_is_gone_for_a_moment_is_no_trouble_to_loads(tmp_path: Path) -> None:
    drop(tmp_path, "old")
    async with office(tmp_path, OF) as one:
        await name_of(one)
        (tmp_path / "a.csv").unlink()
        await one.until("d.r: a.csv: no such file")
        assert await name_of(one) == "old"
        assert not (await one.load(SECRET)).stale, "as old as it says, and no newer one is there"


async def test_loads_under_way_finish_on_the_file_they_began_with(tmp_path: Path) -> None:
    """Twenty files while loads never stop: each answer is whole, and is one of them."""
    drop(tmp_path, "0")
    async with office(tmp_path, OF) as one:
        seen: set[str] = set()
        is_over = False

        async def ask() -> None:
            while not is_over:
                seen.add(await name_of(one))

        askers = [asyncio.create_task(ask()) for _ in range(4)]
        for number in range(1, 20):
            drop(tmp_path, str(number))
            await served(one, str(number))
        is_over = True
        await asyncio.gather(*askers)
        assert seen <= {str(number) for number in range(20)}
        assert len(seen) > 10


async def test_old_drops_are_given_back(tmp_path: Path) -> None:
    (tmp_path / "drops").mkdir()
    store = tmp_path / "store"
    for number in range(3):
        drop(tmp_path / "drops", str(number))
        async with office(tmp_path / "drops", OF, store=str(store)) as one:
            await served(one, str(number))
    assert len(list(store.glob("*.duckdb"))) == 1


async def test_no_drop_at_all_is_an_unavailable_source(tmp_path: Path) -> None:
    async with office(tmp_path, OF) as one:
        with pytest.raises(SourceUnavailable) as caught:
            await one.load(SECRET)
        assert caught.value.detail == "a.csv: no such file"
        drop(tmp_path, "late")
        await one.until("")
        assert await name_of(one) == "late"


async def test_a_first_drop_that_is_broken_misbehaves(tmp_path: Path) -> None:
    drop(tmp_path, "", content="id\n")
    async with office(tmp_path, OF) as one:
        with pytest.raises(SourceMisbehaved):
            await one.load(SECRET)
        health = await one.connector.probe(soon())
        assert not health.is_up
        assert health.detail == "d.r: a.csv: no column 'name' in row 1"


async def test_what_was_taken_in_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "drops").mkdir()
    drop(tmp_path / "drops", "once")
    taken = []
    for _ in range(2):
        with capture_logs() as logged:
            async with office(tmp_path / "drops", OF, store=str(tmp_path / "store")) as one:
                assert await name_of(one) == "once"
        taken.append([line["event"] for line in logged])
    assert taken == [["drop_taken"], []]


async def test_one_process_takes_in_and_the_others_find_it(tmp_path: Path) -> None:
    """Another process holds the lock: nothing is read until it is given back, and then nothing is read twice."""
    folder, store = tmp_path / "drops", tmp_path / "store"
    folder.mkdir()
    drop(folder, "once")
    shelf = Shelf(str(store))
    with capture_logs() as logged:
        with shelf.lock(OF) as is_ours:
            assert is_ours
            async with office(folder, OF, store=str(store)) as one:
                with pytest.raises(SourceTimeout):
                    await one.load(SECRET, deadline=soon(0.2))
        opened = [office(folder, OF, store=str(store)) for _ in range(3)]
        async with opened[0] as a, opened[1] as b, opened[2] as c:
            assert await asyncio.gather(*(name_of(one) for one in (a, b, c))) == ["once"] * 3
    assert [line["event"] for line in logged] == ["drop_taken"]


async def test_the_last_good_drop_outlives_a_restart(tmp_path: Path) -> None:
    folder, store = tmp_path / "drops", str(tmp_path / "store")
    folder.mkdir()
    drop(folder, "good", at=1_600_000_000)
    async with office(folder, OF, store=store) as one:
        await name_of(one)
    drop(folder, "", content="broken")
    async with office(folder, OF, store=store) as one:
        loaded = await one.load(SECRET)
        assert loaded.entries == (((SECRET, "good"),),)
        assert loaded.as_of == datetime.fromtimestamp(1_600_000_000, UTC)
        assert loaded.stale


async def test_what_was_taken_in_under_another_declaration_is_read_again(tmp_path: Path) -> None:
    folder, store = tmp_path / "drops", str(tmp_path / "store")
    folder.mkdir()
    drop(folder, "", content=f"id,name,other\n{SECRET},a,b\n")
    async with office(folder, OF, store=store) as one:
        assert await name_of(one) == "a"
    other = declared({"file": "a.csv"}, {"id": TEXT, "other": TEXT})
    async with office(folder, replace(other, version="2"), store=store) as one:
        assert await name_of(one) == "b"


async def test_what_is_kept_is_ours_alone_whoever_made_its_folder(tmp_path: Path) -> None:
    folder, store = tmp_path / "drops", tmp_path / "store"
    folder.mkdir()
    store.mkdir(mode=0o755)
    drop(folder, "good")
    async with office(folder, OF, store=str(store)) as one:
        await name_of(one)
    (kept,) = store.glob("*.duckdb")
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_a_damaged_store_is_made_again(tmp_path: Path) -> None:
    folder, store = tmp_path / "drops", tmp_path / "store"
    folder.mkdir()
    drop(folder, "good")
    async with office(folder, OF, store=str(store)) as one:
        await name_of(one)
    (kept,) = store.glob("*.duckdb")
    kept.write_bytes(b"not a database")
    async with office(folder, OF, store=str(store)) as one, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                assert await name_of(one) == "good"
                break
            except SourceError:
                await asyncio.sleep(0.02)


async def test_closing_ends_what_is_being_taken_in(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as file:
        file.write("id,name\n")
        file.writelines(f"{number},n\n" for number in range(1_000_000))
    with capture_logs() as logged:
        async with office(tmp_path, OF) as one:
            with pytest.raises(SourceTimeout):
                await one.load(SECRET, deadline=soon(0.05))
    assert logged == [], "neither taken in to its end nor refused"
