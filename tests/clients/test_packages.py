"""The lock of Node's packages is exact and names nobody's registry."""

import json
from pathlib import Path

LOCK = json.loads((Path(__file__).parent / "package-lock.json").read_text(encoding="utf-8"))


def test_the_lock_has_hashes_and_no_addresses() -> None:
    packages = {name: package for name, package in LOCK["packages"].items() if name}
    assert {"node_modules/graphql-http", "node_modules/@apollo/client"} <= packages.keys()
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []
