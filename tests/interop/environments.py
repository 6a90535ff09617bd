"""Environments of the real clients, apart from that of the product, which needs none of them."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
CLIENTS = HERE / "clients"
FOLDER = HERE.parents[1] / ".interop"
INSTALL_SECONDS = 600
MODULES = FOLDER / "node" / "node_modules"
ANSWER_SECONDS = 120
UV = Path(sys.executable).with_name("uv")


def python_of(name: str, environment: Mapping[str, str], interpreter: str = sys.executable) -> Path:
    """Give the interpreter of the environment with what ``<name>.txt`` lists; it is made at the first use."""
    listed, folder = HERE / f"{name}.txt", FOLDER / name
    python = folder / "bin" / "python"

    def install() -> None:
        _run(environment, UV, "venv", "--quiet", "--clear", "--python", interpreter, folder)
        _run(environment, UV, "pip", "install", "--quiet", "--python", python, "--requirement", listed)

    _once(folder, listed, install)
    return python


def newer_python(environment: Mapping[str, str]) -> str | None:
    """Give a Python 3.12 or later; None if there is none."""
    for name in ("python3.13", "python3.12", "python3.14", "python3", *_of_pyenv(environment)):
        # Such a name can be a shim that leads nowhere.
        ask = "import sys; print(sys.executable); sys.exit(sys.version_info < (3, 12))"
        found = _told(environment, name, "-c", ask)
        if found:
            return found
    return None


def _of_pyenv(environment: Mapping[str, str]) -> list[str]:
    root = _told(environment, "pyenv", "root")
    return [f"{folder}/bin/python" for folder in sorted(Path(root, "versions").glob("3.1[2-9].*"))] if root else []


def _told(environment: Mapping[str, str], *command: str) -> str:
    """Give what a program says; nothing if there is none, or it fails."""
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def modules_of(npm: str, environment: Mapping[str, str] | None) -> Path:
    """Give the folder of the modules that ``package.json`` lists; they are installed at the first use.

    The environment is that of npm; None is that of this process.
    """
    listed, folder = HERE / "package.json", MODULES.parent

    def install() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(listed.read_text(encoding="utf-8"), encoding="utf-8")
        _run(environment, npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder)

    _once(folder, listed, install)
    return MODULES


def _once(folder: Path, listed: Path, install: Any) -> None:  # noqa: ANN401 - a function
    """Install what a file lists, unless that was done with the file as it is; several processes may ask for it."""
    digest, note = sha256(listed.read_bytes()).hexdigest(), folder / "installed"
    FOLDER.mkdir(exist_ok=True)
    with FOLDER.joinpath(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists() or note.read_text(encoding="utf-8") != digest:
            install()
            note.write_text(digest, encoding="utf-8")


def _run(environment: Mapping[str, str] | None, *command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


class Runner:
    """A process that runs clients when it is asked to: to start one for each question would take most of the time."""

    def __init__(self, *command: object, environment: Mapping[str, str]) -> None:
        self.command = [str(word) for word in command]
        self._process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, client: str, **question: object) -> Any:  # noqa: ANN401 - whatever it understood
        """Let a client read, and give what it understood."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"client": client, **question}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{client} ended its process"
        answer = json.loads(line)
        assert "failed" not in answer, f"{client}: {answer['failed']}"
        return answer["understood"]

    def stop(self) -> None:
        """End it."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(ANSWER_SECONDS)
