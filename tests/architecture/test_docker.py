"""The image and the compose file say what is true of the project. `docker/smoke` runs the image."""

import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.main import get_command

from gateway.cli.main import app
from gateway.settings import FOREIGN, PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009 - a group, which typer hides


def instructions() -> list[tuple[str, str]]:
    """Pairs of instruction and argument, continued lines joined, comments dropped."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(line[0], " ".join(line[1].split())) for line in lines]


def last_stage() -> list[tuple[str, str]]:
    stage: list[tuple[str, str]] = []
    for instruction, argument in instructions():
        stage = [] if instruction == "FROM" else [*stage, (instruction, argument)]
    return stage


def only(name: str) -> str:
    (argument,) = (argument for instruction, argument in last_stage() if instruction == name)
    return argument


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(only("ENV")))


def commands() -> Iterator[list[str]]:
    """What the image, the compose file and the guide tell `jutong` to do."""
    yield orjson.loads(only("CMD"))
    for service in COMPOSE["services"].values():
        command = service.get("command", [])
        if command and command[0] == "jutong":
            yield command
    for line in shell_lines():
        for place, (word, following) in enumerate(pairwise(line)):
            if word == "jutong" and following.isalpha() and following != "jutong":
                yield line[place:]


def shell_lines() -> Iterator[list[str]]:
    """Commands of the guide's shell blocks, continued lines joined."""
    for block in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def check_jutong(command: list[str]) -> None:
    assert command[1] in COMMANDS, command
    named, given = COMMANDS[command[1]], command[2:]
    if hasattr(named, "commands"):  # of a group, one of its own
        assert given[0] in named.commands, command
        named, given = named.commands[given[0]], given[1:]
    known = {option for parameter in named.params for option in parameter.opts}
    for word in given:
        assert not word.startswith("--") or word.split("=")[0] in known, command


def check_setting(name: str) -> None:
    if name.startswith("JUTONG_DEMO_") and name != "JUTONG_DEMO_KEYS":
        assert name in (ROOT / "gateway/cli/demo.py").read_text(encoding="utf-8"), name
    elif name.startswith(PREFIX) and not name.startswith(FOREIGN):
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields, name


def test_both_stages_take_the_base_as_an_argument() -> None:
    bases = [argument for instruction, argument in instructions() if instruction == "FROM"]
    assert bases == ["${BASE} AS build", "${BASE}"]
    base = next(argument for instruction, argument in instructions() if instruction == "ARG")
    version = re.fullmatch(r"BASE=python:(\d+\.\d+)-slim", base)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    assert version is not None
    assert wanted == f">={version[1]}"


def test_the_image_runs_as_a_numbered_user_whom_it_makes() -> None:
    uid, gid = only("USER").split(":")
    assert uid.isdigit()
    assert uid == gid
    assert int(uid) >= 1000
    assert any(i == "RUN" and f"useradd --create-home --uid {uid} jutong" in a for i, a in last_stage())


def test_nothing_but_the_state_belongs_to_who_runs() -> None:
    """`COPY --chown` would give the program itself to a process that has been taken over."""
    copies = [argument for instruction, argument in last_stage() if instruction in {"COPY", "ADD"}]
    assert copies == ["--from=build /app /app"]
    state = environment()["JUTONG_STATE"]
    given = [a for i, a in last_stage() if i == "RUN" and ("install" in a or "chown" in a)]
    assert given == [f"install -d -o jutong -g jutong -m 750 {state}"]
    order = [instruction for instruction, _ in last_stage()]
    assert order.index("COPY") < len(order) - 1 - order[::-1].index("RUN") < order.index("USER")
    assert orjson.loads(only("VOLUME")) == [state]


def test_the_variables_of_image_and_services_are_settings() -> None:
    for name in environment():
        check_setting(name)
    for service in COMPOSE["services"].values():
        for name in service.get("environment", {}):
            check_setting(name)
    for name in set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", GUIDE)):
        check_setting(name)


def test_the_ports_agree() -> None:
    port = environment()["JUTONG_PORT"]
    assert environment()["JUTONG_HOST"] == "0.0.0.0"
    assert only("EXPOSE") == port
    for name, service in COMPOSE["services"].items():
        for published in service.get("ports", ()):
            address, _, inner = published.rsplit(":", 2)
            assert (name, address, inner) == ("gateway", "127.0.0.1", port)
    command = COMPOSE["services"]["gateway"]["command"]
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert "--port" not in command or command[command.index("--port") + 1] == port


def test_the_health_check_is_a_program_that_asks_readyz() -> None:
    check = only("HEALTHCHECK")
    program, flag, code = orjson.loads(check[check.index(" CMD ") + 5 :])
    assert (program, flag) == ("python3", "-c")
    compile(code, "HEALTHCHECK", "exec")
    assert "'/readyz'" in code
    assert "JUTONG_PORT" in code
    assert "urllib" not in code


def test_what_is_copied_exists_and_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {line[1:] for line in rules if line.startswith("!")}
    copied: set[str] = set()
    for instruction, argument in instructions():
        if instruction == "COPY" and not argument.startswith("--from"):
            copied |= set(argument.split()[:-1])
    assert copied == sent
    for path in copied:
        assert (ROOT / path).exists(), path
    private = [rule for rule in rules[1:] if not rule.startswith("!")]
    for name in ("__pycache__", "node_modules", "jutong.egg-info"):
        assert any(fnmatch(f"gateway/{name}", rule) for rule in private), name


def test_everything_the_package_is_built_from_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    copied = {word for i, a in instructions() if i == "COPY" for word in a.split()[:-1]}
    assert {package.rstrip("*") for package in packages} <= copied
    assert project["project"]["readme"] in copied


def test_every_command_is_one_of_ours_with_its_options() -> None:
    found = list(commands())
    assert {command[1] for command in found} >= {"serve", "demo"}
    for command in found:
        check_jutong(command)


def test_every_make_target_and_file_of_the_guide_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in shell_lines():
        if line[0] == "make":
            assert line[1] in targets, line
        for word in line:
            if word.startswith(("docker/", "examples/", "docs/")):
                assert (ROOT / word).exists(), word
    for target in re.findall(r"\]\(([^)#:]+)\)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target


def test_the_smoke_test_can_be_run() -> None:
    assert os.access(ROOT / "docker/smoke", os.X_OK)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_waited_for_and_checked(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["restart"] == "unless-stopped", "a restarted machine brings all of them back"
    if name == "gateway":
        build = service["build"]
        assert (ROOT / "docker" / build["context"]).resolve() == ROOT
        assert (ROOT / build["dockerfile"]).is_file()
        wanted = {other: {"condition": "service_healthy"} for other in COMPOSE["services"] if other != name}
        assert service["depends_on"] == wanted
    else:
        assert re.fullmatch(r"[a-z]+:\d+", service["image"])
        assert service["healthcheck"]["test"][0] == "CMD"
        assert "ports" not in service, "only the gateway is reached from outside"
        # A service that nothing is told about would be started for nothing.
        told = COMPOSE["services"]["gateway"]["environment"].values()
        assert any(re.search(rf"[@/]{name}:\d+/", value) for value in told)


def test_compose_keeps_state_and_takes_privileges() -> None:
    gateway = COMPOSE["services"]["gateway"]
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in gateway["security_opt"]
    (volume,) = gateway["volumes"]
    name, target = volume.split(":")
    assert target == environment()["JUTONG_STATE"]
    assert name in COMPOSE["volumes"]
