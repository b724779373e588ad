"""The explorer's committed build is whole, works alone, and names nobody's registry."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

CONSOLE = Path(__file__).parents[2] / "gateway/console"
DIST = CONSOLE / "dist"
ASSETS = {path.name.removesuffix(".gz"): path for path in (DIST / "assets").iterdir()}
LOCK: dict[str, Any] = json.loads((CONSOLE / "package-lock.json").read_text(encoding="utf-8"))
MANIFEST: dict[str, Any] = json.loads((CONSOLE / "package.json").read_text(encoding="utf-8"))
MAX_PACKED_BYTES = 2_500_000
"""1.8 MB when measured; a language worker that slips in adds more than this leaves."""


def content(path: Path) -> bytes:
    """An asset as a browser sees it."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_the_page_names_only_assets_that_exist() -> None:
    page = (DIST / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    local = [name for name in named if not name.startswith("data:")]
    assert local
    assert [name for name in local if name.removeprefix("/graphiql/assets/") not in ASSETS] == []


def test_chunks_import_only_chunks_that_exist() -> None:
    named = {
        name.decode()
        for path in ASSETS.values()
        if path.name.endswith((".js.gz", ".js"))
        for name in re.findall(
            rb"""["'`](?:\./|assets/|/graphiql/assets/)([\w.-]+\.(?:js|css))["'`]""", content(path)
        )
    }
    assert named
    assert named - ASSETS.keys() == set()


def test_every_script_and_sheet_has_a_nonce_for_the_gateway_to_fill() -> None:
    page = (DIST / "index.html").read_text(encoding="utf-8")
    tags = re.findall(r"<(?:script|style|link rel=\"stylesheet\")[^>]*>", page)
    assert tags
    assert [tag for tag in tags if 'nonce="__NONCE__"' not in tag] == []
    assert not re.search(r"<script(?![^>]*\bsrc=)", page), "script-src 'self' refuses inline scripts"


def test_sheets_embed_nothing_and_fetch_nothing_from_elsewhere() -> None:
    sheets = [content(path).decode() for name, path in ASSETS.items() if name.endswith(".css")]
    assert sheets
    for sheet in sheets:
        assert "data:font" not in sheet
        assert not re.search(r"(?:url\(|@import )[\"']?(?:https?:)?//", sheet)


def test_the_explorer_stays_small() -> None:
    assert sum(path.stat().st_size for path in ASSETS.values()) < MAX_PACKED_BYTES
    workers = {name.partition(".worker")[0] for name in ASSETS if ".worker" in name}
    assert workers == {"editor", "graphql", "json"}


@pytest.mark.parametrize(
    "name",
    sorted(path.rpartition("node_modules/")[2] for path, entry in LOCK["packages"].items()
           if path and not entry.get("dev") and not entry.get("optional")),
)  # fmt: skip
def test_every_shipped_package_has_its_licence(name: str) -> None:
    assert f"\n{name} " in (DIST / "LICENSES.txt").read_text(encoding="utf-8")


def test_no_registry_is_named() -> None:
    assert not [path for path, entry in LOCK["packages"].items() if "resolved" in entry]
    settings = (CONSOLE / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if "//" in line or line.startswith("registry")]


def test_the_lock_is_of_this_manifest() -> None:
    locked = LOCK["packages"][""]
    for part in ("dependencies", "devDependencies"):
        assert locked[part] == MANIFEST[part]


def test_the_build_says_that_it_is_generated() -> None:
    assert "make console" in (DIST / "GENERATED.md").read_text(encoding="utf-8")
    attributes = (CONSOLE.parents[1] / ".gitattributes").read_text(encoding="utf-8")
    assert re.search(r"^gateway/console/dist/\*\* .*linguist-generated", attributes, re.MULTILINE)
