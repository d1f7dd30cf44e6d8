# SPDX-License-Identifier: ISC
"""What a monitoring system collects, read as Prometheus's own library does."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from lab import Network
from lab.base import LabError


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1).up()
    net.join("sta1", "r1")
    return net


def metrics(daemon):
    """{name: family}; a sample by its value of one label."""
    out = {}
    for family in text_string_to_metric_families(
            daemon.ctl("show", "metrics")):
        assert family.name not in out
        out[family.name] = family
    return out


def value(families, family, **labels):
    found = [s.value for s in families[family].samples
             if all(s.labels.get(k) == v for k, v in labels.items())]
    assert len(found) == 1, families[family].samples
    return found[0]


def test_metrics_are_what_show_tells(net):
    daemon = net.daemons["r1"]
    got = metrics(daemon)
    status = daemon.show("status")
    for key in ("stations_here", "leases_ipv4", "leases_ipv6", "peers_up",
                "routers"):
        assert got["sroamd_" + key].type == "gauge"
        assert value(got, "sroamd_" + key) == status[key], key
    assert value(got, "sroamd_stations_here") == 1
    assert got["sroamd_dhcp_acks"].type == "counter"
    assert got["sroamd_dhcp_acks"].samples[0].name == "sroamd_dhcp_acks_total"
    assert value(got, "sroamd_dhcp_acks") == status["dhcp_acks"] >= 1
    assert value(got, "sroamd_info", router="r1",
                 router_id=status["router_id"]) == 1
    assert value(got, "sroamd_peer_state", **{"is": "up"}, router="core") == 1
    assert value(got, "sroamd_interface_up", interface="roam0") == 1
    assert value(got, "sroamd_router_stations", router="r1") == 1
    assert value(got, "sroamd_router_stations", router="r2") == 0
    assert {s.labels["process"] for s in
            got["sroamd_process_rss_bytes"].samples} == {
                "parent", "engine", "frontend"}
    assert value(got, "sroamd_warning") == 0


def test_a_roam_is_counted_and_remembered(net):
    daemons = [net.daemons[r] for r in ("r1", "r2")]
    before = [metrics(d) for d in daemons]
    net.air.move("sta1", "r2")
    net.lab.wait(lambda: daemons[1].has_station_here(net.mac("sta1")),
                 "r2 has the station")
    net.lab.wait(lambda: not daemons[0].has_station_here(net.mac("sta1")),
                 "r1 has it no more")
    after = [metrics(d) for d in daemons]
    for i, name in enumerate(("sroamd_roams_out", "sroamd_roams_in")):
        assert value(after[i], name) == value(before[i], name) + 1
    for daemon in daemons:
        last = daemon.show("roams")[0]
        assert (last["mac"], last["from"], last["to"]) == (
            net.mac("sta1"), "r1", "r2")
        assert last["heard_after_ms"] <= last["ago_ms"] < 60000


def test_metrics_are_not_json(net):
    with pytest.raises(LabError, match="not JSON"):
        net.daemons["r1"].ctl("-j", "show", "metrics")
