from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from api.cli import parser
from api.settings import Settings, SettingUnusable
from ledger.store import embedded

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tests/vectors/compose-spec.json"
COMPOSE = ROOT / "docker-compose.yml"

NOT_OURS = (
    r"python[h]osted",
    r"pyp[i]\.org",
    r"registry\.[n]pmjs",
    r"proxy\.[g]olang",
    r"--(extra-)?[i]ndex-url",
    r'"re[s]olved":',
    r"(?<![\w.])/(work|root|home)/\w",
)
"""Hosts of registries, and folders of one machine; the brackets keep this file from matching."""


@dataclass
class Image:
    """What a Dockerfile says, in order; `steps` are its RUN and COPY lines."""

    base: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    rest: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Image:
        image = cls()
        joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
        for line in filter(None, map(str.strip, joined.splitlines())):
            word, said = line.split(None, 1)
            if word in {"RUN", "COPY"}:
                image.steps.append((word, said))
            elif word == "ENV":
                image.environment |= dict(pair.split("=", 1) for pair in shlex.split(said))
            elif word == "FROM":
                image.base = said
            else:
                image.rest[word] = said
        return image

    def words(self, name: str) -> list[str]:
        """Return the JSON list at the end of an instruction."""
        said = self.rest[name]
        found: list[str] = json.loads(said[said.index("[") :])
        return found


@dataclass
class Container:
    """A clean environment in a folder: a fresh venv, and a root that the paths map into."""

    image: Image
    root: Path
    database_url: str

    @property
    def work(self) -> Path:
        return self.root / self.image.rest["WORKDIR"].lstrip("/")

    def environment(self, **more: str) -> dict[str, str]:
        """Return the image's environment; of this machine's, only how pip is set up."""
        kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_"))}
        said = self.image.environment | {"LEDGER_DATA": str(self.root / "data")}
        path = f"{self.root / 'venv/bin'}:{os.defpath}"
        return kept | said | {"PATH": path, "HOME": str(self.root), "LANG": "C.UTF-8"} | more

    def run(self, words: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, check=False, cwd=self.work, env=self.environment(**more), capture_output=True,
            text=True, timeout=300,
        )  # fmt: skip

    @contextmanager
    def started(self, words: list[str], **more: str) -> Iterator[str]:
        """Start a server; give the address it says; stop it as `docker stop` does."""
        program = self.root / "venv/bin" / words[0]
        with subprocess.Popen(
            [program, *words[1:]], cwd=self.work, env=self.environment(**more), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as server:  # fmt: skip
            assert server.stderr is not None
            try:
                yield server.stderr.readline().split()[-1]
            finally:
                server.terminate()
            assert server.wait(timeout=30) == 0

    def build(self) -> None:
        """Do every RUN and COPY as written, with paths below the root."""
        self.work.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", self.root / "venv"], check=True)
        for word, said in self.image.steps:
            if word == "COPY":
                *sources, target = said.split()
                for source in sources:
                    self._copy(ROOT / source, self.work / target)
            else:
                done = self.run(["sh", "-c", self._mapped(said)])
                assert done.returncode == 0, (said, done.stdout[-2000:], done.stderr[-2000:])

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    def _mapped(self, said: str) -> str:
        owned = re.sub(r"10001", str(os.getuid()), said) if os.getuid() else said
        return re.sub(r"(?<= )/data\b", str(self.root / "data"), owned)


@pytest.fixture(scope="session")
def container(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Container]:
    root = tmp_path_factory.mktemp("image")
    built = Container(Image.parse((ROOT / "Dockerfile").read_text()), root, database_url)
    built.build()
    yield built
    data = root / "data"
    embedded.stop(data)
    shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text())


@pytest.mark.long
def test_the_image_built_step_by_step_founds_serves_is_healthy_and_stops(
    container: Container,
) -> None:
    image = container.image
    told = {
        "LEDGER_DATABASE_URL": container.database_url,
        "LEDGER_SCHEMA": "packaged",
        "LEDGER_PORT": str(free_port()),
        "LEDGER_HOST": "127.0.0.1",
    }
    founded = container.run([*image.words("ENTRYPOINT"), "init", "--json"], **told)
    assert founded.returncode == 0, founded.stderr
    assert json.loads(founded.stdout)["events"] == 2

    check = [word.replace("8000", told["LEDGER_PORT"]) for word in image.words("HEALTHCHECK")]
    with container.started([*image.words("ENTRYPOINT"), *image.words("CMD")], **told) as address:
        assert "最新检查点" in httpx.get(address, timeout=30).text
        assert httpx.get(f"{address}portal.css", timeout=30).status_code == 200
        assert container.run(check).returncode == 0
    assert container.run(check).returncode != 0, "a server that is gone is not healthy"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_the_installed_command_line_explains_itself_and_carries_its_files(
    container: Container,
) -> None:
    asked = container.run([*container.image.words("ENTRYPOINT"), "--help"])
    assert asked.returncode == 0
    assert "serve" in asked.stdout

    lost = container.run([*container.image.words("ENTRYPOINT"), "balance"])
    assert (lost.returncode, lost.stdout, lost.stderr.count("\n")) == (2, "", 1)
    installed = next((container.root / "venv/lib").glob("*/site-packages"))
    for package in ("api/pages", "api/reference", "receipts/fonts"):
        carried = {p.name for p in (installed / package).iterdir()} - {"__pycache__"}
        assert carried == {p.name for p in (ROOT / package).iterdir()} - {"__pycache__"}


def test_the_image_names_its_base_only_and_runs_without_root() -> None:
    image = Image.parse((ROOT / "Dockerfile").read_text())

    assert image.base == "python:3.11-slim"
    assert image.rest["USER"] == "10001:10001"
    assert "--require-hashes" in " ".join(said for _, said in image.steps)
    assert image.words("CMD") == ["serve"]


def test_the_builder_gets_what_the_dockerfile_copies_and_nothing_else() -> None:
    image = Image.parse((ROOT / "Dockerfile").read_text())
    copied = {f"!{s}" for word, said in image.steps if word == "COPY" for s in said.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert lines[1] == "*", "nothing goes unless it is named"
    assert {line for line in lines if line.startswith("!")} == copied


def test_the_compose_file_follows_the_specification(compose: Any) -> None:
    schema = json.loads(SCHEMA.read_text())

    jsonschema.Draft201909Validator.check_schema(schema)
    jsonschema.Draft201909Validator(schema).validate(compose)


def test_the_schema_refuses_a_compose_file_that_is_wrong(compose: Any) -> None:
    wrong = compose | {"services": {"application": {"comand": ["serve"]}}}

    with pytest.raises(jsonschema.ValidationError, match="comand"):
        jsonschema.validate(wrong, json.loads(SCHEMA.read_text()), jsonschema.Draft201909Validator)


def test_every_service_of_ours_is_one_image_and_a_command_that_exists(compose: Any) -> None:
    ours = {name: s for name, s in compose["services"].items() if name != "database"}

    assert set(ours) == {"founding", "integrator", "application", "desk"}
    assert {s["image"] for s in ours.values()} == {"donation-ledger"}
    for service in ours.values():
        assert parser().parse_args(service["command"]).run
    assert compose["services"]["database"]["image"] == "postgres:18"


def test_services_start_after_what_they_need(compose: Any) -> None:
    services = compose["services"]

    assert services["founding"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("integrator", "application", "desk"):
        assert services[name]["depends_on"] == {
            "founding": {"condition": "service_completed_successfully"}
        }
        assert services[name]["restart"] == "unless-stopped"


def test_secrets_are_files_and_the_portal_gets_no_key(compose: Any) -> None:
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            assert not re.search(r"PASS|SECRET|KEY", name) or value.startswith("/run/secrets/")
    assert "@" in compose["services"]["application"]["environment"]["LEDGER_DATABASE_URL"]
    portal = compose["services"]["application"]
    assert portal["secrets"] == ["database_password"]
    assert "LEDGER_PASSPHRASE_FILE" not in portal["environment"]
    assert portal["volumes"] == ["data:/data:ro"]


def test_the_desk_is_apart_from_the_public_portal_and_can_sign(compose: Any) -> None:
    portal, desk = (compose["services"][name] for name in ("application", "desk"))
    assert desk["secrets"] == ["database_password", "passphrase"]
    assert desk["volumes"] == ["data:/data"]
    assert "LEDGER_ADDRESS" in desk["environment"]
    assert not set(desk["ports"]) & set(portal["ports"])
    assert all(port.startswith("127.0.0.1:") for port in desk["ports"] + portal["ports"])


def test_every_secret_and_volume_that_is_used_is_declared(compose: Any) -> None:
    services = compose["services"].values()

    assert {s for one in services for s in one["secrets"]} == set(compose["secrets"])
    used = {volume.split(":")[0] for one in services for volume in one["volumes"]}
    assert used == set(compose["volumes"])


def test_the_databases_password_is_read_from_its_file(tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text("a/b+c=@ d\n")
    told = {"LEDGER_DATABASE_PASSWORD_FILE": str(kept)}

    for url, says in (
        ("postgresql://ledger@database/ledger", "?password=a%2Fb%2Bc%3D%40%20d"),
        ("postgresql://ledger@database/ledger?sslmode=require", "&password=a%2Fb%2Bc%3D%40%20d"),
    ):
        assert Settings.read(told | {"LEDGER_DATABASE_URL": url}).database_url == url + says
    assert Settings.read(told).database_url is None
    with pytest.raises(SettingUnusable, match="must then be written as postgresql://"):
        Settings.read(told | {"LEDGER_DATABASE_URL": "host=database"})


def test_no_committed_file_names_a_registry_or_a_path_of_some_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a checkout: git can't list the files")
    told = re.compile("|".join(NOT_OURS))
    found = [
        f"{name}: {met.group()}"
        for name in listed.stdout.split("\0")
        if name and (ROOT / name).is_file()
        for met in [told.search((ROOT / name).read_bytes().decode("utf-8", errors="replace"))]
        if met
    ]
    assert found == []
