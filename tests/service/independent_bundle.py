"""A second reader of bundles, written from docs/specs/evidence_bundle.md and the pages it names.

Nothing of Mesure is imported: the standard library, and Ed25519 from `cryptography`. It does all
but judge again. What it needed and the page did not say was a gap in the page.
"""

import base64
import hashlib
import json
import re
import struct
import zlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NUMBERS = {"from_us", "until_us", "received_until_us"}
TEXTS = {"person", "order", "incident", "engine_version", "engine_sha256", "tzdata_version"}
BEGINNINGS = {
    "application/pdf": (b"%PDF-", "pdf"),
    "image/jpeg": (b"\xff\xd8\xff", "jpg"),
    "image/png": (b"\x89PNG\r\n\x1a\n", "png"),
}
LINE = {"sequence", "device", "counter", "form", "received_us", "digest", "body"}
FIRST = ("README.html", "README.pdf")
PLACES = (*FIRST, "manifest.json", "content/", "proofs/", "readable/")


class RefusedError(Exception):
    """A bundle that does not hold: the step, and the file."""

    def __init__(self, step: str, path: str) -> None:
        self.step, self.path = step, path
        super().__init__(f"{step}: {path}")


def need(is_so: object, step: str, path: str) -> None:
    if not is_so:
        raise RefusedError(step, path)


def check(data: bytes) -> None:
    """Check a bundle, but for what takes judging."""
    files = container(data)
    manifest, content = manifest_of(files)
    facts = proofs_of(files, content)
    for path, paper in files.items():
        if path in FIRST or path.startswith("readable/"):
            named = facts.get("readable") or {}
            is_named = isinstance(named, dict) and named.get(path) == sha256(paper)
            need(is_named, "readable", path)
    documents(content)
    messages(content)
    check_incident(manifest, content)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- Layout -------------------------------------------------------------------------------------


def container(data: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        need(at + 30 <= len(data), "container", "the file")
        *_, size, _, name_size, more = struct.unpack_from("<4sHHHHHIIIHH", data, at)
        start = at + 30 + name_size + more
        try:
            path = data[at + 30 : at + 30 + name_size].decode()
        except UnicodeDecodeError:
            raise RefusedError("container", "the file") from None
        need(path not in files and start + size <= len(data), "container", path)
        files[path] = data[start : start + size]
        at = start + size
    need(laid_out(files) == data, "container", "the file")
    return files


def laid_out(files: dict[str, bytes]) -> bytes:
    local, central = b"", b""
    for path in sorted(files, key=place):
        name, data = path.encode(), files[path]
        # Version 2.0, bit 11, stored, midnight, 1980-01-01; the checksum; twice the size.
        head = struct.pack("<HHHHH", 20, 1 << 11, 0, 0, 0x21)
        head += struct.pack("<IIIHH", zlib.crc32(data), len(data), len(data), len(name), 0)
        central += b"PK\x01\x02" + struct.pack("<H", 20) + head
        central += struct.pack("<HHHII", 0, 0, 0, 0, len(local)) + name
        local += b"PK\x03\x04" + head + name + data
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def place(path: str) -> tuple[int, str]:
    return next((n for n, start in enumerate(PLACES) if path.startswith(start)), len(PLACES)), path


def manifest_of(files: dict[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    written = files.get("manifest.json")
    need(written is not None, "manifest", "manifest.json")
    manifest = read_json(written or b"", "manifest", "manifest.json")
    need(isinstance(manifest, dict), "manifest", "manifest.json")
    need(canonical(manifest) == written, "manifest", "manifest.json")
    need(set(manifest) == {"format", "files", *NUMBERS, *TEXTS}, "manifest", "manifest.json")
    need(manifest["format"] == "mesure bundle 1", "manifest", "manifest.json")
    need(all(type(manifest[name]) is int for name in NUMBERS), "manifest", "manifest.json")
    need(all(isinstance(manifest[name], str) for name in TEXTS), "manifest", "manifest.json")
    need(isinstance(manifest["files"], dict), "manifest", "manifest.json")
    content = {path[8:]: data for path, data in files.items() if path.startswith("content/")}
    for path in sorted({*content, *manifest["files"]}):
        there = path in content and {"bytes": len(content[path]), "sha256": sha256(content[path])}
        need(there and there == manifest["files"].get(path), "files", path)
    known = {*FIRST, "manifest.json", "proofs/bundle.record.txt", "proofs/bundle.proof.txt"}
    for path in files:
        need(path in known or path.startswith(("content/", "readable/")), "files", path)
    return manifest, content


def read_json(data: bytes, step: str, path: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise RefusedError(step, path) from None


def canonical(value: Any) -> bytes:
    """RFC 8785, of whole numbers and names in ASCII."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


# --- The audit log ------------------------------------------------------------------------------


def proofs_of(files: dict[str, bytes], content: dict[str, bytes]) -> dict[str, Any]:
    """Check every proof, and return what the record of this bundle says."""
    name, key = log_key(content)
    path = "proofs/bundle.record.txt"
    need(path in files, "proof", path)
    openings = records(files[path], path)
    need(len(openings) == 1, "proof", path)
    check_proof(files, "proofs/bundle.proof.txt", openings[0], name, key)
    statement = openings[0][2]
    facts = statement.get("facts") if isinstance(statement, dict) else None
    need(isinstance(facts, dict), "proof", path)
    assert facts is not None
    need(facts.get("bundle") == sha256(files["manifest.json"]), "proof", path)
    for record in (
        records(content["log/records.txt"], "log/records.txt")
        if ("log/records.txt" in content)
        else ()
    ):
        check_proof(content, f"log/proofs/{record[0]:012}.txt", record, name, key)
    return dict(facts)


def log_key(content: dict[str, bytes]) -> tuple[str, bytes]:
    path = "log/key.txt"
    text = content.get(path, b"").decode("utf-8", "replace").strip()
    match = re.fullmatch(r"([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})", text)
    need(match, "proof", path)
    assert match is not None
    name, named, written = match.groups()
    key = base64.b64decode(written)
    known_as = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex()
    need(len(key) == 33 and key[:1] == b"\x01" and known_as == named, "proof", path)
    return name, key


def records(data: bytes, path: str) -> list[tuple[int, bytes, Any]]:
    head, *lines = data.split(b"\n")
    need(head == b"mesure audit records 1" and lines[-1:] == [b""], "proof", path)
    openings = []
    for line in lines[:-1]:
        match = re.fullmatch(rb"(0|[1-9][0-9]*) ([0-9a-f]{64}) (.*)", line, re.DOTALL)
        need(match, "proof", path)
        assert match is not None
        salt, record = bytes.fromhex(match[2].decode()), match[3]
        commitment = hashlib.sha256(b"mesure audit record 1\n" + salt + record).digest()
        statement = read_json(record, "proof", path)
        openings.append((int(match[1]), b"record " + base64.b64encode(commitment), statement))
    return openings


def check_proof(
    files: dict[str, bytes], path: str, record: tuple[int, bytes, Any], name: str, key: bytes
) -> None:
    need(path in files, "proof", path)
    head, _, note = files[path].decode("utf-8", "replace").partition("\n\n")
    lines = head.split("\n")
    need(lines[0] == "c2sp.org/tlog-proof@v1", "proof", path)
    need(lines[1:2] == [f"index {record[0]}"], "proof", path)
    text, _, signatures = note.partition("\n\n")
    origin, size, root = [*text.split("\n"), "", ""][:3]
    need(origin == name and re.fullmatch("0|[1-9][0-9]*", size), "proof", path)
    check_signature(f"{text}\n".encode(), signatures, name, key, path)
    node = hashlib.sha256(b"\0" + record[1]).digest()
    try:
        hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
    except ValueError:
        raise RefusedError("proof", path) from None
    need(climb(node, record[0], int(size), hashes) == base64.b64decode(root), "proof", path)


def check_signature(text: bytes, signatures: str, name: str, key: bytes, path: str) -> None:
    known_as = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    for line in signatures.split("\n"):
        if line.startswith(f"— {name} "):
            signature = base64.b64decode(line.rpartition(" ")[2])
            if signature[:4] == known_as:
                try:
                    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text)
                except (InvalidSignature, ValueError):
                    break
                return
    raise RefusedError("proof", path)


def climb(node: bytes, index: int, size: int, hashes: list[bytes]) -> bytes | None:
    """Return the root to which an inclusion proof of RFC 6962 leads (RFC 9162, 2.1.3.2)."""
    if index >= size:
        return None
    at, last = index, size - 1
    for other in hashes:
        if last == 0:
            return None
        if at & 1 or at == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        at, last = at >> 1, last >> 1
    return node if last == 0 else None


# --- Documents, messages, what it is about ------------------------------------------------------


def documents(content: dict[str, bytes]) -> None:
    path = "review.json"
    need(path in content, "documents", path)
    review = read_json(content[path], "documents", path)
    named = review.get("documents") if isinstance(review, dict) else None
    need(isinstance(named, list), "documents", path)
    there = {name for name in content if name.startswith("documents/")}
    for document in named or ():
        need(isinstance(document, dict), "documents", path)
        where = document.get("path")
        need((where is None) != (document.get("left_out") is None), "documents", path)
        if where is None:
            continue
        need(document.get("media_type") in BEGINNINGS, "documents", path)
        begins, ending = BEGINNINGS[document["media_type"]]
        need(where == f"documents/{document.get('attachment')}.{ending}", "documents", path)
        data = content.get(where)
        need(data is not None, "documents", where)
        is_it = (len(data or b""), sha256(data or b"")) == (
            document.get("bytes"),
            document.get("sha256"),
        )
        need(is_it and (data or b"").startswith(begins), "documents", where)
        need(where in there, "documents", where)
        there.discard(where)
    need(not there, "documents", path)


def messages(content: dict[str, bytes]) -> None:
    path = "devices.json"
    need(path in content and "messages.jsonl" in content, "messages", path)
    keys: dict[bytes, tuple[str, bytes, int, int | None]] = {}
    for device in read_json(content[path], "messages", path):
        for enrolled_key in device["keys"]:
            key = bytes.fromhex(enrolled_key["public_key"])
            name = hashlib.sha256(key).digest()[:8]
            keys[name] = device["device"], key, enrolled_key["first"], enrolled_key["last"]
    for number, line in enumerate(content["messages.jsonl"].splitlines()):
        message = read_json(line, "messages", "messages.jsonl")
        need(isinstance(message, dict) and set(message) >= LINE, "messages", "messages.jsonl")
        if message["form"] != "mesure1":
            continue
        body = base64.b64decode(message["body"])
        where = f"messages.jsonl, {number}"
        need(sha256(body) == message["digest"], "messages", where)
        # 18([<< {1: -19, 4: name} >>, {}, payload, signature]), in the one spelling of CBOR.
        need(body[:8] == bytes.fromhex("d2844da201320448"), "messages", where)
        name, rest = body[8:16], body[17:]
        payload, rest = byte_string(rest)
        signature, rest = byte_string(rest)
        need(name in keys and body[16:17] == b"\xa0" and not rest, "messages", where)
        device_, key, first, last = keys[name]
        protected = body[3:16]
        to_sign = b"\x84\x6aSignature1" + head(protected) + head(b"mesure device protocol up")
        try:
            public = Ed25519PublicKey.from_public_bytes(key)
            public.verify(signature, to_sign + head(payload))
        except (InvalidSignature, ValueError):
            raise RefusedError("messages", where) from None
        counter = counter_of(payload)
        need((device_, counter) == (message["device"], message["counter"]), "messages", where)
        need(first <= counter and (last is None or counter <= last), "messages", where)


def head(data: bytes) -> bytes:
    """A byte string of CBOR."""
    size = len(data)
    if size < 24:
        return bytes([0x40 + size]) + data
    return (b"\x58" + bytes([size]) if size < 256 else b"\x59" + size.to_bytes(2, "big")) + data


def byte_string(data: bytes) -> tuple[bytes, bytes]:
    value, start = number(data)
    return data[start : start + value], data[start + value :]


def number(data: bytes) -> tuple[int, int]:
    """The number in the head of an item of CBOR, and how long the head is."""
    low = data[0] & 31
    size = 0 if low < 24 else 1 << (low - 24)
    return (low if low < 24 else int.from_bytes(data[1 : 1 + size], "big")), 1 + size


def counter_of(payload: bytes) -> int:
    """[1, kind, counter, sent, body]"""
    at = 1
    for _ in range(2):
        at += number(payload[at:])[1]
    return number(payload[at:])[0]


def check_incident(manifest: dict[str, Any], content: dict[str, bytes]) -> None:
    incident = read_json(content["incident.json"], "kept", "incident.json")
    subject = (incident["id"], incident["order"], incident.get("person", manifest["person"]))
    about = (manifest["incident"], manifest["order"], manifest["person"])
    need(subject == about, "kept", "incident.json")
    bound = read_json(content["order/binding.json"], "kept", "order/binding.json")
    need((bound["order"], bound["person"]) == about[1:], "kept", "order/binding.json")
