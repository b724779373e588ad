"""The container's files agree with the product: paths, ports, settings and commands exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.cli.main import app
from gateway.settings import PREFIX, Settings, read_settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its words, continued lines joined."""
    text = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = lines.replace("\\\n", " ")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines()) if word]


STEPS = instructions()
FINAL = STEPS[max(i for i, (word, _) in enumerate(STEPS) if word == "FROM") :]


def environment() -> dict[str, str]:
    """Variables of the final stage."""
    pairs = (pair.partition("=") for word, rest in FINAL if word == "ENV" for pair in rest.split())
    return {name: value for name, _, value in pairs}


def only(word: str) -> str:
    """The words of the one such instruction of the final stage."""
    (rest,) = [rest for step, rest in FINAL if step == word]
    return rest


def copied() -> Iterator[str]:
    """Paths of the repository that enter the image."""
    for word, rest in STEPS:
        if word == "COPY" and not rest.startswith("--from"):
            yield from rest.split()[:-1]


def commands() -> set[str]:
    """Names of the command line's commands."""
    named = [one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands]
    return set(named)


def test_every_stage_starts_from_the_base_argument() -> None:
    assert STEPS[0][0] == "ARG"
    assert STEPS[0][1].startswith("BASE=")
    assert {rest.split()[0] for word, rest in STEPS if word == "FROM"} == {"${BASE}"}
    assert "BASE" in SERVICES["gateway"]["build"]["args"]


def test_the_last_user_is_a_number_and_not_root() -> None:
    user, _, group = only("USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_the_final_stage_installs_nothing() -> None:
    runs = [rest for word, rest in FINAL if word == "RUN"]
    assert not [run for run in runs if re.search(r"\b(pip|apt|apk|gcc|make|curl)\b", run)]


@pytest.mark.parametrize("path", sorted(set(copied())))
def test_what_is_copied_exists_and_may_enter(path: str) -> None:
    admitted = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert (ROOT / path).exists()
    assert f"!{path}" in admitted


def test_variables_are_settings_and_the_port_is_exposed() -> None:
    given = {name: value for name, value in environment().items() if name.startswith(PREFIX)}
    settings = read_settings(given)
    assert settings.host == "0.0.0.0"  # inside the container
    assert settings.port == Settings().port == int(only("EXPOSE"))
    assert settings.state.is_relative_to(json.loads(only("VOLUME"))[0])
    assert "/readyz" in only("HEALTHCHECK")
    assert "JUTONG_PORT" in only("HEALTHCHECK")


def test_compose_gives_settings_that_exist_and_publishes_the_port() -> None:
    settings = read_settings(SERVICES["gateway"]["environment"])
    assert settings.redis_url is not None
    (published,) = SERVICES["gateway"]["ports"]
    assert published.startswith("127.0.0.1:")
    assert published.endswith(f":{settings.port}")
    assert SERVICES["gateway"]["command"][-1] == str(settings.port)


@pytest.mark.parametrize("command", [json.loads(only("CMD")), SERVICES["gateway"]["command"]], ids=str)
def test_what_is_run_is_a_command(command: list[str]) -> None:
    assert command[0] == "jutong"
    assert command[1] in commands()


def test_the_gateway_waits_for_healthy_neighbours() -> None:
    waits = SERVICES["gateway"]["depends_on"]
    assert waits
    for name, wait in waits.items():
        assert wait == {"condition": "service_healthy"}
        assert SERVICES[name]["healthcheck"]["test"]
        assert "ports" not in SERVICES[name]


def test_the_dockerfile_that_compose_names_exists() -> None:
    build = SERVICES["gateway"]["build"]
    context = (ROOT / "docker" / build["context"]).resolve()
    assert (context / build["dockerfile"]).is_file()
