"""TLS: only the declared authority is trusted, and a service may ask for our certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from connectors.errors import SourceUnavailable
from connectors.http.clients import Call, open_client, read_endpoint
from connectors.http.settings import HttpSettings
from tests.certificates import Pair, certificate, write
from tests.connectors.http.liar import chosen_transport, whole
from tests.patience import soon


@asynccontextmanager
async def secured(folder: Path, authority: str, address: str, issuer: Pair) -> AsyncIterator[str]:
    """A server that shows a certificate for an address, and asks for one of its authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write(folder / "server.pem", certificate("server", issuer, address)))
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(whole("secret", "Connection: close\r\n"))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def get(url: str, **settings: str) -> bytes:
    read = HttpSettings.model_validate({"transport": chosen_transport.get(), **settings})
    client = open_client(read, read_endpoint(read, url))
    try:
        answer = await client.send(Call("GET", "/"), soon())
        return answer.content
    finally:
        await client.aclose()
        await asyncio.sleep(0.05)  # aiohttp closes TLS in the background


async def test_only_the_declared_authority_is_trusted(tmp_path: Path) -> None:
    issuer = certificate("authority", None, "127.0.0.1")
    authority = write(tmp_path / "authority.pem", issuer)
    ours = write(tmp_path / "ours.pem", certificate("jutong", issuer, "127.0.0.1"))
    other = write(tmp_path / "other.pem", certificate("authority", None, "127.0.0.1"))
    async with secured(tmp_path, authority, "127.0.0.1", issuer) as url:
        assert await get(url, ca_file=authority, client_certificate=ours) == b"secret"
        for wrong in ({}, {"ca_file": other}):
            with pytest.raises(SourceUnavailable) as caught:
                await get(url, client_certificate=ours, **wrong)
            assert not caught.value.is_transient


async def test_the_certificate_has_to_be_for_the_host(tmp_path: Path) -> None:
    issuer = certificate("authority", None, "127.0.0.1")
    authority = write(tmp_path / "authority.pem", issuer)
    ours = write(tmp_path / "ours.pem", certificate("jutong", issuer, "127.0.0.1"))
    async with secured(tmp_path, authority, "127.0.0.2", issuer) as url:
        with pytest.raises(SourceUnavailable):
            await get(url, ca_file=authority, client_certificate=ours)


async def test_without_our_certificate_the_service_tells_nothing(tmp_path: Path) -> None:
    issuer = certificate("authority", None, "127.0.0.1")
    authority = write(tmp_path / "authority.pem", issuer)
    async with secured(tmp_path, authority, "127.0.0.1", issuer) as url:
        with pytest.raises(SourceUnavailable):
            await get(url, ca_file=authority)


async def test_files_that_are_not_there_are_refused_when_opening() -> None:
    read = HttpSettings(ca_file="/nowhere.pem")
    with pytest.raises(OSError):
        read_endpoint(read, "https://127.0.0.1")
