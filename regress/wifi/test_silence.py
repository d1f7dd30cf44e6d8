# SPDX-License-Identifier: ISC
"""A station whose radio falls silent, and where it is next."""

import pytest


def configure(net, line):
    for ns in net.routers:
        conf = net.daemons[ns].conf
        conf.extra = [e for e in conf.extra if "probe" not in e] + line
        net.daemons[ns].reload()


@pytest.mark.parametrize("back", ["ap1", "ap2"])
def test_silent_and_back(site, back):
    net, judge = site.use("wpa2")
    lab, mac, radios = site.lab, net.mac("sta1"), net.air.radios
    other = "ap2" if back == "ap1" else "ap1"
    configure(net, ["probe interval 1s"])
    try:
        radios["sta1"].hear(2)
        lab.wait(lambda: not net.daemons["ap1"].has_station_here(mac),
                 "ap1 misses it", 60, 0.1)
        lab.wait(lambda: all((d.station(mac) or {}).get("router_id") is None
                             for d in net.daemons.values()),
                 "it is nowhere", 10, 0.1)
        assert f"station {mac} left" in net.daemons["ap1"].log()
        radios[other].hear(4)
        radios["sta1"].hear(1)
        net.air.wait_connected("sta1", back, 40)
        judge.flows()
        judge.only_at(back)
        judge.kept()
    finally:
        for name in ("sta1", "ap1", "ap2"):
            radios[name].hear(1)
        configure(net, [])
    net.air.wait_connected("sta2")      # it may have lost its access point


def test_a_sleeping_station_stays(site):
    """It says nothing, but its radio acknowledges."""
    net, judge = site.use("wpa2")
    lab, mac = site.lab, net.mac("sta2")
    if net.air.wait_connected("sta2") != "ap1":
        net.air.move("sta2", "ap1")
    configure(net, ["probe interval 1s"])
    try:
        lab.run("tc", "-n", lab.ns_name("sta2"), "qdisc", "add", "dev",
                "wlan0", "clsact")
        lab.run("tc", "-n", lab.ns_name("sta2"), "filter", "add", "dev",
                "wlan0", "egress", "matchall", "action", "drop")
        daemon = net.daemons["ap1"]
        lab.wait(lambda: daemon.has_station_here(mac), "sta2 at ap1", 10)
        # Three probes a second apart, and again: it answers none of them.
        lab.wait(lambda: (daemon.station(mac) or {}).get(
            "heard_seconds", 0) >= 8, "it is silent", 60, 0.1)
        assert daemon.has_station_here(mac)
        # Out of reach it acknowledges nothing, either.
        net.air.radios["sta2"].hear(2)
        lab.wait(lambda: not daemon.has_station_here(mac), "it is gone", 60,
                 0.1)
    finally:
        net.air.radios["sta2"].hear(1)
        lab.run("tc", "-n", lab.ns_name("sta2"), "qdisc", "del", "dev",
                "wlan0", "clsact")
        configure(net, [])
    judge.flows()
