"""Names that stand for identifiers: stable, keyed, and apart where they have to be."""

from gateway.identity.pseudonyms import Pseudonyms

ID = "500000195001010015"
KEYS = ((ID,), ("50000019490101001X",))


def test_names_of_subjects_do_not_change_with_the_code() -> None:
    """Stores hold them: protected subjects, and the record."""
    names = Pseudonyms(b"secret")
    assert names.subject("Person", ("a'b",)) == "Person:1:HKpEd80IiFNHfnIM3313Ujwj"
    assert names.subject("X", (1, "a")) == "X:1:6qLJ-7IH4Ya_Fgd8fRXxo5AR"
    assert names.for_application("app", "Person", ("x",)) == "whr6Lj1Y4Zt81EbnUtwvVooZ"


def test_subjects_are_named_as_each_of_them_is() -> None:
    names = Pseudonyms(b"secret")
    assert names.subjects("Person", KEYS) == [names.subject("Person", key) for key in KEYS]
    assert names.subject("Person", ("a", "b")) != names.subject("Person", ("a', 'b",))


def test_keys_in_a_cache_are_named_by_resource_by_what_is_asked_and_by_secret() -> None:
    names, other = Pseudonyms(b"secret"), Pseudonyms(b"another")
    made = [
        name
        for one in (names, other)
        for of, about in (("a", "1"), ("a", "2"), ("b", "1"))
        for name in one.cache_keys(of, about)(KEYS)
    ]
    assert len(set(made)) == len(made)
    assert not any(ID in name for name in made)


def test_keys_in_a_cache_have_one_name_in_every_process_and_company() -> None:
    first = Pseudonyms(b"secret").cache_keys("a", "1")
    second = Pseudonyms(b"secret").cache_keys("a", "1")
    assert first(KEYS) == first(KEYS) == second(KEYS)
    assert [*first(KEYS[:1]), *first(KEYS[1:])] == first(KEYS)
    assert first(((1,),)) != first((("1",),))
