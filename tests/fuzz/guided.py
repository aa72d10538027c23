"""Guided search: one target, in a process of its own, led by what of our code its inputs reach.

`python -m tests.fuzz.guided MODULE TARGET FOLDER --bytes N --seconds N`. Everything of ours is
loaded instrumented, so nothing of it may be imported before. FOLDER/reached.json says how far it
came; what broke something is left there as `crash-*`, `timeout-*` or `oom-*`.
"""

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path

import atheris

ADDRESS_SPACE = 6 << 30  # What asks for more gets a MemoryError, which is a finding.
WRITTEN_EVERY = 1_000
# Compiled where it runs, by what knows nothing of counters in it; and nobody outside speaks to it.
COMPILED = ("mesure/geo", "mesure/evaluation/filter")


def main() -> None:
    """Search until some number of bytes was tried, or some time has passed."""
    options = _options()
    with atheris.instrument_imports(include=["mesure"], exclude=_compiled()):
        from tests.fuzz import every

        target = every.load(options.module)[options.target]
    from tests.fuzz import corpora
    from tests.fuzz.target import hold

    corpora.lay_out(target, options.folder / "begin")
    for data in (b"", *target.samples()):
        hold(target, data, bounded=False)  # Everything is loaded then.
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    reached = {"bytes": 0, "executions": 0, "seconds": 0.0}
    ends_s = time.monotonic() + options.seconds
    begun_s = time.monotonic()

    def one_input(data: bytes) -> None:
        hold(target, data)
        reached["bytes"] += len(data)
        reached["executions"] += 1
        is_over = reached["bytes"] >= options.bytes or time.monotonic() >= ends_s
        if is_over or reached["executions"] % WRITTEN_EVERY == 0:
            reached["seconds"] = round(time.monotonic() - begun_s, 1)
            (options.folder / "reached.json").write_text(json.dumps(reached))
        if is_over:
            sys.stderr.flush()
            os._exit(0)

    grown = options.folder / "grown"
    grown.mkdir(exist_ok=True)
    command = [
        sys.argv[0], f"-artifact_prefix={options.folder}/", f"-max_len={target.bytes_max}",
        "-timeout=60", "-rss_limit_mb=4096", "-len_control=0", f"-seed={options.seed}",
        "-print_final_stats=0", str(grown), str(options.folder / "begin"),
    ]  # fmt: skip
    atheris.Setup(command, one_input)
    atheris.Fuzz()


def _compiled() -> list[str]:
    paths = (path for folder in COMPILED for path in Path(folder).rglob("*.py"))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Search in one target.")
    parser.add_argument("module")
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3_600)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
