"""GraphiQL, served by the gateway itself: no request leaves the machine.

The page, its hashed assets and `config.json` with the first queries. Assets are kept packed and
cached for ever; the page carries a policy that admits nothing from elsewhere.
"""

import gzip
import mimetypes
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.http.media import accepts_gzip

DIST = Path(__file__).parent / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf"}


@dataclass(frozen=True, slots=True)
class ConsoleQuery:
    """One tab."""

    title: str
    query: str
    variables: str = ""
    """JSON."""


@dataclass(frozen=True, slots=True)
class DemoKey:
    """A key that one click fills in; demo only."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """What the explorer starts with."""

    queries: tuple[ConsoleQuery, ...] = ()
    demo_keys: tuple[DemoKey, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    packed: bool
    media_type: str


def load_queries(directory: Path) -> tuple[ConsoleQuery, ...]:
    """Read `*.graphql` with their `.json` variables; `# Title` is the first comment line."""
    return tuple(_load(path) for path in sorted(directory.glob("*.graphql")))


def _load(path: Path) -> ConsoleQuery:
    text = path.read_text(encoding="utf-8")
    comments = (line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#"))
    variables = path.with_suffix(".json")
    return ConsoleQuery(
        title=next(filter(None, comments), path.stem),
        query=text,
        variables=variables.read_text(encoding="utf-8") if variables.exists() else "",
    )


def console_routes(config: ConsoleConfig) -> list[BaseRoute]:
    """The explorer's routes; empty where it has not been built."""
    if not (DIST / "index.html").exists():
        return []
    page = (DIST / "index.html").read_text(encoding="utf-8")
    settings = orjson.dumps({"queries": config.queries, "demoKeys": config.demo_keys})
    index = partial(_index, page)
    return [
        Route("/", _root),
        Route("/graphiql", index),
        Route("/graphiql/", index),
        Route("/graphiql/config.json", partial(_configuration, settings)),
        Route("/graphiql/assets/{name}", partial(_asset, _read_assets(DIST / "assets"))),
    ]


def _read_assets(directory: Path) -> dict[str, _Asset]:
    """All assets by name: a request can name nothing but these."""
    assets = {}
    for path in sorted(directory.iterdir()):
        name = path.name.removesuffix(".gz")
        suffix = Path(name).suffix
        media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0]
        assets[name] = _Asset(
            path.read_bytes(), path.suffix == ".gz", media_type or "application/octet-stream"
        )
    return assets


async def _root(_request: Request) -> Response:
    return RedirectResponse("/graphiql", 307)


async def _index(page: str, _request: Request) -> Response:
    nonce = secrets.token_urlsafe(16)
    headers = {
        "content-security-policy": POLICY.format(nonce=nonce),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return Response(page.replace("__NONCE__", nonce), headers=headers, media_type="text/html")


async def _configuration(settings: bytes, _request: Request) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(settings, media_type="application/json", headers=headers)


async def _asset(assets: dict[str, _Asset], request: Request) -> Response:
    asset = assets.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)  # refused as every path that is not served
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    body = asset.body
    if asset.packed and accepts_gzip(request.headers.get("accept-encoding", "")):
        headers["content-encoding"] = "gzip"
    elif asset.packed:
        body = gzip.decompress(body)
    return Response(body, headers=headers, media_type=asset.media_type)
