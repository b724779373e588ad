"""The first level's store: its bounds, what stays in it, and how what goes goes."""

import gc
from collections import Counter

from connectors.caching.entry import Kept, Rows
from connectors.caching.store import MemoryStore
from tests.connectors.kept import reading
from tests.kit import NOW


def rows_in(store: MemoryStore, names: list[str]) -> list[Rows | None]:
    rows, readings = store.get(names)
    assert [one is None for one in rows] == [one is None for one in readings]
    return rows


def test_the_store_keeps_to_its_bounds() -> None:
    for store in (MemoryStore(max_bytes=100), MemoryStore(max_entries=10)):
        for number in range(100):
            store.put(Kept(reading(), {f"{number}": ()}))
            assert len(store) <= 10
            assert store.bytes <= 100
        assert store.holds("99", 0)
        assert not store.holds("80", 0)


def test_what_is_used_stays_in_the_store() -> None:
    store = MemoryStore(max_entries=10)
    store.put(Kept(reading(), {"used": ((1,),), "unused": ()}))
    for number in range(100):
        assert rows_in(store, ["used"]) == [((1,),)]
        store.put(Kept(reading(), {f"{number}": ()}))
    assert not store.holds("unused", 0)


def test_all_that_is_used_together_is_found_though_a_generation_ends_meanwhile() -> None:
    store = MemoryStore(max_entries=10)
    names = [f"used{number}" for number in range(5)]
    store.put(Kept(reading(), {name: ((name,),) for name in names}))
    for number in range(3):
        store.put(Kept(reading(), {f"{number}": ()}))  # the others are old, and two more fill the young
    assert rows_in(store, names) == [((name,),) for name in names]
    assert rows_in(store, names) == [((name,),) for name in names]
    assert len(store) <= 10


def test_the_cycle_collector_looks_at_nothing_that_is_kept() -> None:
    """Nor does it have to see an entry more than twice: each look at so many keeps the loop."""
    store = MemoryStore()
    gc.collect()
    before = len(gc.get_objects())
    for number in range(1_000):
        store.put(Kept(reading(), {f"{number}": ((number, "a", NOW.date(), NOW, None),)}))
    gc.collect()
    gc.collect()
    assert len(store) == 1_000
    assert len(gc.get_objects()) - before < 20


def test_what_is_put_later_stands_in_place_of_what_was_there() -> None:
    store = MemoryStore(max_entries=10)
    store.put(Kept(reading(), {"a": ((1,),), "b": ((1,),)}))
    for number in range(4):
        store.put(Kept(reading(), {f"{number}": ()}))  # the others are old now
    store.put(Kept(reading(ends_at=200), {"a": ((2,),)}))
    assert rows_in(store, ["a", "b", "c"]) == [((2,),), ((1,),), None]


def test_what_would_push_out_all_the_rest_is_not_kept() -> None:
    store = MemoryStore(max_bytes=100)
    store.put(Kept(reading(), {"a": ()}))
    store.put(Kept(reading(51), {"large": ()}))
    store.put(Kept(reading(), {f"{number}": () for number in range(6)}))
    assert (len(store), store.bytes, store.holds("a", 0)) == (1, 10, True)


def test_what_goes_goes_a_few_at_a_time() -> None:
    """All at once would keep the loop: fifty thousand entries take some tens of milliseconds to be freed."""
    gone: Counter[int] = Counter()

    class Noticed(tuple[int]):
        def __del__(self) -> None:
            gone[number] += 1

    for store in (MemoryStore(max_entries=2_000), MemoryStore(max_bytes=20_000)):
        gone.clear()
        for number in range(10_000):
            store.put(Kept(reading(), {f"{number}": (Noticed((number,)),)}))
            assert store.bytes <= 20_000
        assert 8_000 <= gone.total() <= 9_000
        assert max(gone.values()) <= 2
