"""Policies in use: the thresholds a service begins with, entered so that no change is unseen."""

import secrets
from collections.abc import Iterator

from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.judging import policies
from mesure.actions.judging.policies import EnterPolicy
from mesure.machine import clock
from mesure.record.policy_loading import policy_files
from mesure.service.installation.installation import Installation


def enter_policies(installation: Installation) -> Iterator[str]:
    """Enter the files of thresholds that are new; yield what is to be said of them."""
    context = Context(
        installation.store, installation.keyring, clock.now(), secrets.token_bytes, PROGRAM, "serve"
    )
    for policy, data in policy_files(installation.settings.policy):
        for other in policies.begin(context, EnterPolicy(policy.version, data.decode())):
            yield (
                f"Policy version {policy.version}: a file with other contents was entered under "
                f"this version on {other.value.since_at:%Y-%m-%d}; assessments name only the "
                "version, so nobody can tell by which of the two they were made; give the file a "
                "version of its own."
            )
