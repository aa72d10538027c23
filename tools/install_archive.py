"""Make one archive from which Mesure is installed on a machine without a network.

    python -m tools.install_archive [--out dist]

It holds every wheel, pinned by its hash, what they are (CycloneDX), an installer, the unit of
systemd, configurations of what stands beside it, and the pages for operators. It fits the Python
and the machine that made it.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from mesure.version import VERSION
from tools import sbom

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements-service.lock"
DEPLOYED: Final = (
    "install.sh", "grafana.json", "haproxy.cfg", "mesurectl", "mesure.service",
    "mesure.toml.example", "mosquitto.acl", "mosquitto.conf",
)  # fmt: skip
PAGES: Final = (
    "for_officers.md", "for_operators.md", "basemap.md", "commands.md", "country.md", "settings.md",
    "specs/checkpoint.md", "specs/pilot_formats.md", "who_may_do_what.md",
)  # fmt: skip
CARRIED: Final = {
    **{name: f"deploy/{name}" for name in DEPLOYED},
    **{name: f"docs/{name}" for name in PAGES},
    "LICENSE": "LICENSE",
}


def name() -> str:
    """Return what the archive is called: version, Python, machine."""
    python = f"py{sys.version_info.major}.{sys.version_info.minor}"
    machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"mesure-{VERSION}-{python}-{machine}"


def fetch_wheels(folder: Path) -> Path:
    """Return a folder with every wheel of the lock, and our own."""
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    only = ["--require-hashes", "--only-binary", ":all:", "--no-deps"]
    subprocess.run([*pip, "download", *only, "-r", LOCK, "-d", wheels], check=True)
    own = ["--no-deps", "--no-build-isolation", "--no-cache-dir"]
    subprocess.run([*pip, "wheel", *own, ROOT, "-w", wheels], check=True)
    return wheels


def pack(folder: Path, wheels: Path) -> Path:
    """Make the archive of these wheels in a folder, and return it."""
    inside = folder / name()
    shutil.rmtree(inside, ignore_errors=True)
    shutil.copytree(wheels, inside / "wheels")
    for there, here in CARRIED.items():
        (inside / there).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / here, inside / there)
    bill = sbom.document(wheels)
    (inside / "sbom.cdx.json").write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    (inside / "requirements.txt").write_text(_pinned(bill))
    needs = f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}\n"
    (inside / "needs.txt").write_text(needs)
    (inside / "SHA256SUMS").write_text(_sums(inside))
    packed = _packed(inside)
    shutil.rmtree(inside)
    return packed


def _pinned(bill: dict[str, Any]) -> str:
    parts = [*bill["components"], bill["metadata"]["component"]]
    return "".join(
        f"{package['name']}=={package['version']} --hash=sha256:{package['hashes'][0]['content']}\n"
        for package in parts
    )


def _sums(inside: Path) -> str:
    paths = sorted(path for path in inside.rglob("*") if path.is_file())
    return "".join(
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(inside)}\n" for path in paths
    )


def _packed(inside: Path) -> Path:
    """Pack it so that the same files give the same bytes."""
    target = inside.with_name(inside.name + ".tar")

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = "root"
        member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
        return member

    with tarfile.open(target, "w") as archive:  # Wheels are packed already.
        for path in [inside, *sorted(inside.rglob("*"))]:
            where = f"{inside.name}/{path.relative_to(inside)}"
            archive.add(path, where.removesuffix("/."), recursive=False, filter=plain)
    return target


def main() -> None:
    """Make the archive and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    folder = parser.parse_args().out
    archive = pack(folder, fetch_wheels(folder))
    shutil.rmtree(folder / "wheels")
    print(archive)
    print(f"sha256 {sha256(archive.read_bytes()).hexdigest()}", file=sys.stderr)


if __name__ == "__main__":
    main()
