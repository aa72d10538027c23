"""Write what an installation is made of, as CycloneDX: every wheel with its hash and licence.

    python -m tools.sbom FOLDER_OF_WHEELS > sbom.cdx.json

The same wheels give the same bytes.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

OURS: Final = "mesure"
SPEC: Final = "1.6"


def document(wheels: Path) -> dict[str, Any]:
    """Return the bill of materials of a folder of wheels."""
    components = [_component(path) for path in sorted(wheels.glob("*.whl"))]
    ours = next(one for one in components if one["name"] == OURS)
    others = [one for one in components if one is not ours]
    named = "\n".join(one["hashes"][0]["content"] for one in components)
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, named)}",
        "version": 1,
        "metadata": {"component": {**ours, "type": "application"}},
        "components": others,
        "dependencies": [{"ref": ours["bom-ref"], "dependsOn": [one["bom-ref"] for one in others]}],
    }


def _component(path: Path) -> dict[str, Any]:
    about = _metadata(path)
    name, version = str(about["Name"]).lower().replace("_", "-"), str(about["Version"])
    purl = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "description": str(about["Summary"] or ""),
        "licenses": list(_licences(about)),
        "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
        "properties": [{"name": "mesure:wheel", "value": path.name}],
    }


def _metadata(path: Path) -> Message:
    with zipfile.ZipFile(path) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode("utf-8"))


def _licences(about: Message) -> Iterator[dict[str, Any]]:
    """Yield the licence as its maker wrote it; an expression of SPDX where there is one."""
    expression = about["License-Expression"]
    if expression:
        yield {"expression": str(expression)}
        return
    classes = [line for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    for line in classes:
        yield {"license": {"name": line.rpartition(" :: ")[2]}}
    lines = str(about["License"] or "").strip().splitlines()
    if lines and not classes:
        yield {"license": {"name": lines[0][:100]}}


def main() -> None:
    """Write it to standard output."""
    json.dump(document(Path(sys.argv[1])), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
