"""Archive: a bundle as one ZIP file without compression, written in one way only.

No dates, no rights, no comments: the same files are the same bytes. A reader takes nothing else, so
a byte that was changed anywhere is found, also between the files.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import BundleCheck, BundleError

BYTES_MAX: Final = 1 << 28
FILES_MAX: Final = 10_000

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_VERSION: Final = 20
_UTF8: Final = 1 << 11
_DAY: Final = 0x21  # 1 January 1980, the first that a ZIP knows.


def write(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP."""
    return b"".join(parts(files))


def parts(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield a ZIP of files part by part, so that nobody needs to hold it whole."""
    at, central = 0, bytearray()
    for path in bundle_manifest.sort_paths(files):
        data, name = files[path], path.encode()
        common = (_VERSION, _UTF8, 0, 0, _DAY, zlib.crc32(data), len(data), len(data), len(name), 0)
        central += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *common, 0, 0, 0, 0, at) + name
        head = _LOCAL.pack(b"PK\x03\x04", *common) + name
        at += len(head) + len(data)
        yield head
        yield data
    count = len(files)
    yield bytes(central)
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), at, 0)


def read(data: bytes) -> dict[str, bytes]:
    """Return the files of a ZIP; raises `BundleError` where it is laid out otherwise."""
    if len(data) > BYTES_MAX:
        raise _fault(f"it has more than {BYTES_MAX} bytes")
    files: dict[str, bytes] = {}
    begins: list[tuple[int, str]] = []
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        if at + _LOCAL.size > len(data) or len(files) == FILES_MAX:
            raise _fault("it ends too soon, or has too many files")
        *_, checksum, size, _, name_size, more = _LOCAL.unpack_from(data, at)
        begin = at + _LOCAL.size + name_size + more
        name = data[at + _LOCAL.size : at + _LOCAL.size + name_size]
        try:
            path = name.decode()
        except UnicodeDecodeError:
            raise _fault("the name of a file is no text") from None
        if path in files or begin + size > len(data):
            raise _fault(f"{path!r} is there twice, or not whole")
        files[path] = data[begin : begin + size]
        if zlib.crc32(files[path]) != checksum:
            raise BundleError(
                BundleCheck.CONTAINER, path, "its bytes are not those of its checksum"
            )
        begins.append((at, path))
        at = begin + size
    written = write(files)
    if written != data:
        size = min(len(written), len(data))
        differs = np.frombuffer(written[:size], np.uint8) != np.frombuffer(data[:size], np.uint8)
        place = int(differs.argmax()) if differs.any() else size
        path = next((name for start, name in reversed(begins) if start <= place < at), "its end")
        raise BundleError(BundleCheck.CONTAINER, path, f"byte {place} is not as it should be")
    return files


def _fault(what: str) -> BundleError:
    return BundleError(BundleCheck.CONTAINER, "the file", what)
