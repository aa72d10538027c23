"""Spark session: PySpark loaded when it is asked for, and a cluster that is open to all refused."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.country.rejudge_plan import WHY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ATTEMPTS: Final = 4
"""So often a partition is tried whose executor was lost; a local Spark would try once."""


class SparkApplication(NamedTuple):
    """What a cluster shows of an application, and how each of its tasks gives what it has."""

    name: str
    settings: Mapping[str, str] = {}


def open_session(master: str, application: SparkApplication) -> "SparkSession":
    """Return a session of the Spark at an address."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        what, remedy = "PySpark is not installed", "install it: pip install 'mesure[country]'"
        raise ServiceError("--spark", what, WHY, remedy) from None
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        remedy = "install openjdk-17-jre-headless, or on Debian 13 openjdk-21-jre-headless"
        raise ServiceError("--spark", "there is no Java here", WHY, remedy)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName(application.name).master(master)
    for name, value in {**_settings(master), **application.settings}.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:  # noqa: BLE001  Whatever it is, Spark or Java said it.
        raise failure(error, WHY) from None
    session.sparkContext.setLogLevel("ERROR")
    refuse_open(session, master)
    return session


def _settings(master: str) -> dict[str, str]:
    """Return what is set for every run; a cluster's own file of settings says the rest."""
    settings = {
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
        "spark.task.maxFailures": str(ATTEMPTS),
    }
    if is_local(master):
        settings["spark.ui.enabled"] = "false"
        settings["spark.driver.bindAddress"] = settings["spark.driver.host"] = "127.0.0.1"
    return settings


def is_local(master: str) -> bool:
    """Tell whether a Spark is one of this machine alone.

    >>> is_local("local[2,4]"), is_local("local-cluster[2,1,1024]"), is_local("spark://a:7077")
    (True, True, False)
    """
    return master.startswith("local")


def refuse_open(session: "SparkSession", master: str) -> None:
    """Refuse a cluster that takes orders from anybody: its executors reach every key."""
    if is_local(master) or session.conf.get("spark.authenticate", "false") == "true":
        return
    session.stop()
    what, why = "spark.authenticate is not true", "whoever reaches its ports could read every trail"
    remedy = "set it in spark-defaults.conf, with spark.network.crypto.enabled: docs/country.md"
    raise ServiceError("--master", what, why, remedy)


def failure(error: BaseException, why: str) -> TransientServiceError:
    """Return the reason of Spark in a sentence; its own text has the traces of two languages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reasons = [line for line in lines if "Error: " in line] or lines[:1] or [type(error).__name__]
    what = f"Spark gave up: {reasons[-1][:300].rstrip('.')}"
    remedy = "put it right, and repeat the command"
    return TransientServiceError("--spark", what, why, remedy)
