"""Loading the policy: the programme's default, and a file of thresholds over it."""

from hashlib import sha256
from importlib import resources
from pathlib import Path

from mesure.evaluation import policy as policy_
from mesure.evaluation.policy import PolicyFile
from mesure.machine import file_loading
from mesure.orders.text.strings_yaml import TEXT_BYTES_MAX


def read_policy(path: Path | None) -> tuple[PolicyFile, str]:
    """Return the policy of a file over the programme's default, with the hash of what was read."""
    policy, data = policy_files(path)[-1]
    return policy, sha256(data).hexdigest()


def policy_files(path: Path | None) -> list[tuple[PolicyFile, bytes]]:
    """Return the default policy and that of a file over it, each with the bytes it was read from.

    The last one holds.
    """
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    files = [(policy_.read("policy.yaml", data), data)]
    if path is not None:
        data = file_loading.read_file(
            path, "without it the thresholds are not known", TEXT_BYTES_MAX
        )
        files.append((policy_.read(path.name, data, files[0][0]), data))
    return files
