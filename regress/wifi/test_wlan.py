# SPDX-License-Identifier: ISC
"""Other ways to build it: the gateway on wlan0 itself, with another MAC on
each router; no hostapd to talk to; BIRD instead of babeld."""

import json

import pytest

from lab.daemon import GATEWAY4, GATEWAY6, LLADDR
from lab.judge import Judge, Watch
from lab.wifi import WifiNetwork


def gateway_macs(watch):
    """By family, what the station's kernel took for its gateway's MAC."""
    out = {GATEWAY4: [], GATEWAY6: []}
    for line in watch.lines("lladdr"):
        words = line.split()
        gateway = [a for a in out if a in words]
        if gateway and words[0] != "Deleted":
            out[gateway[0]].append(words[words.index("lladdr") + 1])
    return out


def test_one_gateway_mac_for_all(site):
    net, judge = site.use("wpa2")
    watch = Watch(site.lab, "sta1", "neigh")
    for target in ("ap2", "ap1", "ap2", "ap1"):
        judge.roam(target)
    site.lab.run("ip", "neigh", "flush", "dev", "wlan0", ns="sta1")
    judge.flows()
    macs = gateway_macs(watch)
    assert macs[GATEWAY4] and macs[GATEWAY6]
    assert set(macs[GATEWAY4] + macs[GATEWAY6]) == {LLADDR}
    watch.proc.stop()


@pytest.fixture(scope="module")
def plain(module_lab):
    """The gateway on wlan0, BIRD, and no word from hostapd."""
    net = WifiNetwork(module_lab, bridge=None, shared_mac=False,
                      hostapd=False, igp="bird")
    # The other network is on the same channel, and has the same name.
    for radio in net.air.radios.values():
        radio.hear(8)
    net.security("wpa2")
    net.start()
    net.wait_peers()
    net.wait_igp()
    net.client("sta1", "udhcpc")
    return net, Judge(net)


def test_the_gateways_mac_follows_the_station(plain):
    net, judge = plain
    net.air.wait_connected("sta1")
    if net.air.at["sta1"] != "ap1":
        judge.roam("ap1")
    for target in ("ap2", "ap1") * 3:
        judge.roam(target)
        judge.only_at(target)
        mac = net.air.radios[target].mac

        def known(mac=mac):
            rows = json.loads(net.lab.run("ip", "-j", "neigh", "show", "dev",
                                          "wlan0", ns="sta1"))
            have = {r["dst"]: r.get("lladdr") for r in rows}
            return all(have.get(a) == mac for a in (GATEWAY4, GATEWAY6))
        net.lab.wait(known, f"sta1: {target}'s MAC", 10)
        judge.kept()


def roams_without_direct_routes(net, judge):
    for daemon in net.daemons.values():
        daemon.conf.direct = False
        daemon.reload()
    judge.flows()
    for target in ("ap2", "ap1") * 2:
        if net.air.at["sta1"] != target:
            judge.roam(target)
            judge.only_at(target)
    judge.kept()


def test_without_direct_routes_on_bird(plain):
    roams_without_direct_routes(*plain)


def test_without_direct_routes_on_ibgp(plain):
    """The former router's routes go at once, and all others' with them."""
    net, judge = plain
    net.igp_name = "bird-ibgp"
    for ns in ["core"] + net.routers:
        net.start_igp(ns)
    net.wait_igp()
    roams_without_direct_routes(net, judge)
