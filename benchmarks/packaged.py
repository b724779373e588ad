"""Contestants whose programs come from npm: how they are installed and started, and why one is left out."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import ROOT, Process, free_port, start

CONTESTANTS = ROOT / "benchmarks" / "contestants"


@dataclass(frozen=True)
class Packaged:
    """A gateway over the REST service. It is told PORT and SOURCE, the service's URL, by its environment."""

    folder: Path
    """Holds its `package.json` and what it serves."""
    program: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def install(self) -> str | None:
        """Install its packages where they are not; give the reason if that is not possible."""
        if not self._is_installed():
            npm = shutil.which("npm")
            if npm is None:
                return "npm is not installed"
            done = subprocess.run([npm, "ci", "--silent"], cwd=self.folder, check=False, timeout=300)
            if done.returncode != 0:
                return "its packages could not be installed"
        return self._unfit()

    def missing(self, upstream: str) -> str | None:
        """Why it takes no part over an upstream, if it does not."""
        if not upstream.startswith("rest"):
            return "is written over the REST service"
        return self._unfit() if self._is_installed() else "its packages are not installed"

    def start(self, url: str, folder: Path) -> Process:
        """Serve over the REST service at a URL; what it keeps for later goes into the folder."""
        port = free_port()
        told = {"PORT": str(port), "SOURCE": url, "XDG_CACHE_HOME": str(folder)}
        command = [self.program, *self.arguments]
        return start(self.folder.name, command, port, environment={**self.environment, **told})

    def _is_installed(self) -> bool:
        return (self.folder / "node_modules").is_dir()

    def _unfit(self) -> str | None:
        """A binary may be for another processor, or for a newer C library: only a start can tell."""
        try:
            environment = {**os.environ, **self.environment}
            subprocess.run([self.program, "--version"], check=True, capture_output=True, env=environment)
        except (OSError, subprocess.CalledProcessError):
            return "its program does not run on this machine"
        return None


_STITCHING, _TAILCALL = CONTESTANTS / "stitching", CONTESTANTS / "tailcall"
PACKAGED: Mapping[str, Packaged] = {
    one.folder.name: one
    for one in (
        Packaged(_STITCHING, "node", (str(_STITCHING / "server.mjs"),)),
        Packaged(
            _TAILCALL,
            str(_TAILCALL / "node_modules" / "@tailcallhq" / "core-linux-x64-gnu" / "bin" / "tailcall"),
            ("start", str(_TAILCALL / "gateway.graphql")),
            # No usage reports; no line in its log for each call. With a new cache folder it thinks that it
            # looked for a newer version today, and asks nobody.
            {"TAILCALL_TRACKER": "false", "TAILCALL_LOG_LEVEL": "warn"},
        ),
    )
}
