"""Nodes behind the proxy of deploy/haproxy.cfg: nobody notices that one of them is killed."""

import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests import proxies
from tests.proxies import Proxy
from tests.service.test_cluster import Cluster, is_ready, until
from tests.store.databases import PostgresServer

KILLS = 3
UP = 2 * 2  # Two nodes, for devices and for pages.
CALLERS = 4
# A node that is killed takes along what it was being asked; the proxy asks another one then.
PAUSE_S_MAX = 3.0
GIVEN = {"MESURE_TRUSTED_PROXIES": "127.0.0.1", "MESURE_ADDRESS_RATE": "100000"}


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Cluster]:
    if proxies.haproxy_program() is None:
        pytest.skip(proxies.NO_HAPROXY)
    cluster = Cluster(tmp_path_factory.mktemp("proxied"), postgres_server)
    cluster.given |= GIVEN
    try:
        cluster.start(0, 1)
        yield cluster
    finally:
        cluster.end()


@pytest.fixture
def proxy(cluster: Cluster, tmp_path: Path) -> Iterator[Proxy]:
    ports = [urlsplit(node.url).port or 0 for _, node in sorted(cluster.nodes.items())]
    with proxies.haproxy(tmp_path, ports) as running:
        yield running


class Callers:
    """Devices and browsers that ask all the time; how often each answer came, and how late."""

    def __init__(self, proxy: Proxy) -> None:
        self.answers: Counter[int | str] = Counter()
        self.slowest_s = 0.0
        self._ending = threading.Event()
        self._url = f"https://127.0.0.1:{proxy.port}"
        self._tls: ssl.SSLContext = proxy.context
        self._threads = [threading.Thread(target=self._ask) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, verify=self._tls, timeout=30.0) as client:
            while not self._ending.is_set():
                for method, path in (("GET", "/device/1/key"), ("POST", "/device/1")):
                    begun_s = time.monotonic()
                    try:
                        status = client.request(method, path).status_code
                    except httpx.HTTPError as error:
                        self.answers[type(error).__name__] += 1
                    else:
                        self.answers[status] += 1
                    self.slowest_s = max(self.slowest_s, time.monotonic() - begun_s)
                    time.sleep(0.01)

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()


def test_it_hands_on_who_asks_and_hides_what_is_for_the_house(
    cluster: Cluster, proxy: Proxy
) -> None:
    assert until(lambda: proxy.ask("/healthz")[0] == 200)
    assert proxy.ask("/metrics")[0] == 404  # The nodes see that somebody else asks.
    body = bytes(5 << 20)
    assert "urn:mesure:problem" in proxy.ask("/api/v1/orders", body)[1]  # It lets that by.
    assert len(cluster.leaders()) == 1


def test_nobody_waits_while_a_node_is_killed_again_and_again(
    cluster: Cluster, proxy: Proxy
) -> None:
    assert until(lambda: proxy.ask("/device/1/key")[0] == 200)
    callers = Callers(proxy)
    try:
        for kill in range(KILLS):
            # On a busy machine it takes the proxy a while to see that a node is there.
            assert until(lambda: proxy.count_servers_up() == UP)
            time.sleep(1.0)
            restart_node(cluster, kill % 2)
            assert until(partial(is_ready, f"{cluster.nodes[kill % 2].url}/readyz/receiving"))
    finally:
        callers.end()
    assert callers.answers.keys() == {200, 415}, callers.answers
    assert callers.slowest_s < PAUSE_S_MAX
    print(f"answers {callers.answers}, the slowest after {callers.slowest_s:.2f} s")


def restart_node(cluster: Cluster, number: int) -> None:
    """Kill a node, and start it again at the same port."""
    node = cluster.nodes.pop(number)
    node.process.kill()
    node.process.communicate()
    port = re.search(r":(\d+)", urlsplit(node.url).netloc)
    assert port
    cluster.start(number, port=port[1])
