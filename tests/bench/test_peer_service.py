"""The peer of the service is sent the same track, and is set up without anybody clicking."""

import json
from pathlib import Path

import pytest

from bench.under_load import peer_service, served_town, service_load
from bench.under_load.served_town import Crowd

CROWD = Crowd(lives=2, times=3, start="21:54", minutes=2, per_message=1)
BEGIN_S = CROWD.begun_at.timestamp()


def test_the_peer_is_sent_every_fix_of_everybody_once() -> None:
    everybody = list(served_town.people(CROWD))
    first, then = peer_service.track(CROWD, everybody, speed=2.0)
    bodies = [json.loads(one.body) for one in first + then]
    parts = list(served_town.parts(CROWD, everybody))
    assert {(one["topic"], one["tst"], one["lat"], one["lon"]) for one in bodies} == {
        (
            f"owntracks/p{part.device}/phone",
            int(part.batch.observed_us[0]) // 1_000_000,
            float(part.batch.lat_deg[0]),
            float(part.batch.lon_deg[0]),
        )
        for part in parts
    }
    assert len(bodies) == len(parts)
    # It ignores a fix that claims to be exact.
    assert all(one["_type"] == "location" and one["acc"] >= 1 for one in bodies)
    assert {one.line for one in then} == set(range(6))
    assert all(one.at_s == 0.0 for one in first)
    warm_s = service_load.SINGLES_WARM_S
    for sent in then:
        due_s = (json.loads(sent.body)["tst"] - BEGIN_S - warm_s) / 2.0
        assert sent.at_s == pytest.approx(due_s, abs=0.51)


def test_every_home_is_a_zone_once(tmp_path: Path) -> None:
    everybody = list(served_town.people(CROWD))
    zones = peer_service.homes(everybody)
    assert [one.name for one in zones] == ["home", "home 1"]
    for person, zone in zip(everybody[:: CROWD.times], zones, strict=True):
        home = f"lat_deg: {zone.lat_deg:.7f}, lon_deg: {zone.lon_deg:.7f}"
        assert f"home: {{{home}, radius_m: {zone.radius_m:.0f}}}" in person.order_text
    peer_service.configure(tmp_path, 1234, zones)
    written = json.loads((tmp_path / "configuration.yaml").read_text())
    assert written["http"] == {"server_host": "127.0.0.1", "server_port": 1234}
    assert [one["name"] for one in written["zone"]] == ["home", "home 1"]
    entries = json.loads((tmp_path / ".storage" / "core.config_entries").read_text())
    [entry] = entries["data"]["entries"]
    assert peer_service.DOOR.path.endswith("/" + entry["data"]["webhook_id"])


def test_without_the_peer_its_rows_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(peer_service.ENVIRONMENT, raising=False)
    assert peer_service.rows(quick=True) == []
    monkeypatch.setenv(peer_service.ENVIRONMENT, str(tmp_path))
    assert peer_service.rows(quick=True) == []
    assert capsys.readouterr().err.count("its rows are left out") == 2
