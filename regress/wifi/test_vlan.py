# SPDX-License-Identifier: ISC
"""Stations that hostapd puts into a VLAN: by wpa_psk_file, by vlan_file and
RADIUS, into bridges that were there before or that it makes.  Their network
survives a roam; where a VLAN is lost the log says so."""

import re

import pytest

from lab.judge import Judge
from lab.radius import Radius
from lab.wifi import EAP_USERS, PSK, SECURITY, WifiNetwork

VLAN = 10
GROUP, AWAY = 256, 512         # of radios that hear each other
GUEST4, GUEST6 = "10.45.0.", "2001:db8:45"
SECURITY["multi-psk"] = (["wpa=2", "rsn_pairwise=CCMP",
                          "wpa_key_mgmt=WPA-PSK", "dynamic_vlan=1"],
                         ["key_mgmt=WPA-PSK", "psk=" + PSK])
SECURITY["radius"] = (SECURITY["eap"][0] + ["dynamic_vlan=2"],
                      SECURITY["eap"][1])
# RFC 3580 3.31
GUEST = ["radius_accept_attr=64:d:13", "radius_accept_attr=65:d:6",
         f"radius_accept_attr=81:s:{VLAN}"]


def block(iface):
    text = ["network guest {", "\tprefix { 10.45.0.0/24, 2001:db8:45::/48 }"]
    if iface:
        text += [f"\tinterface {iface} {{", "\t\tlladdr 02:00:5e:00:53:45",
                 "\t\taddress 10.45.0.1/32", "\t\taddress fe80::44/64", "\t}"]
    return "\n".join(text + ["}"])


def apart(net):
    """The other networks are on the same channel, and have the same name."""
    for radio in net.air.radios.values():
        radio.hear(GROUP)


class Vlans:
    """Two access points; sta1 is a guest, sta2 is not."""

    def __init__(self, lab, security, bridge, own):
        """own: the name of the guests' bridge, which hostapd makes, if it is
        the name that it gives."""
        self.lab, self.own = lab, own
        self.net = net = WifiNetwork(lab, stations=2, source="auto")
        apart(net)
        for r in [] if bridge else net.routers:
            lab.batch(r, f"link add {own} type bridge mcast_snooping 0\n"
                      f"link set {own} up\n")
        self.vlans = lab.write("vlans", f"{VLAN} wlan0.{VLAN}"
                               + ("" if bridge else " " + own) + "\n")
        self.write_keys(True)
        net.wait_igp()
        net.start("core", extra=[block(None)])
        net.start(*net.routers, extra=["probe interval 5s", block(own)])
        net.wait_peers()
        extra = ["vlan_file=" + self.vlans]
        if security == "multi-psk":
            extra.append("wpa_psk_file=" + lab.path("PSK"))
        else:
            Radius(lab, "server", EAP_USERS + GUEST)
        net.air.start(security, extra=extra)

    def keys(self, r, vlan):
        """What this access point has from now on."""
        self.write_keys(vlan)
        assert self.net.air.aps[r].ask("RELOAD_WPA_PSK") == "OK"

    def write_keys(self, vlan):
        with open(self.lab.path("PSK"), "w", encoding="ascii") as f:
            f.write((f"vlanid={VLAN} " if vlan else "")
                    + f"{self.net.mac('sta1')} {PSK}\n"
                    f"{self.net.mac('sta2')} {PSK}\n")

    def at(self, r, sta="sta1"):
        """(interface, port) where the router has it, of the networks."""
        return {(rec.get("interface"), rec.get("port"))
                for rec in self.net.daemons[r].show("stations")
                if rec["mac"] == self.net.mac(sta) and rec.get("here")}

    def wait_at(self, r, *where, sta="sta1", timeout=10):
        self.lab.wait(lambda: self.at(r, sta) == set(where),
                      f"{r}: {sta} at {where}", timeout)


KINDS = {"multi-psk": ("multi-psk", False, "roamg"),
         "multi-psk, bridge of hostapd": ("multi-psk", True, "brvlan10"),
         "radius": ("radius", False, "roamg")}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_network_survives_a_roam(lab, kind):
    vlans = Vlans(lab, *KINDS[kind])
    net, inside = vlans.net, (vlans.own, f"wlan0.{VLAN}")
    net.client("sta1", "udhcpc")
    first = net.air.wait_connected("sta1")
    v4, v6 = net.wait_addresses("sta1", 40)
    assert v4.startswith(GUEST4) and v6.startswith(GUEST6)
    vlans.wait_at(first, inside)
    judge = Judge(net)
    other = "ap2" if first == "ap1" else "ap1"
    for target in (other, first) * 2:
        judge.roam(target)
        vlans.wait_at(target, inside)
        judge.only_at(target)
        judge.kept()
    for r in net.routers:
        assert "joined unnamed here" not in net.daemons[r].log()


@pytest.fixture(scope="module")
def psk(module_lab):
    """By keys, one station in each network."""
    vlans = Vlans(module_lab, *KINDS["multi-psk"])
    net = vlans.net
    for sta in net.stations:
        net.client(sta, "udhcpc")
        net.air.wait_connected(sta)
        net.wait_addresses(sta, 40)
        if net.air.at[sta] != "ap1":
            net.air.move(sta, "ap1")
    vlans.guest, vlans.staff = ("roamg", f"wlan0.{VLAN}"), ("roam0", "wlan0")
    return vlans


def test_who_has_no_vlan_is_where_the_access_point_is(psk):
    net = psk.net
    for target in ("ap2", "ap1"):
        net.air.move("sta2", target)
        psk.wait_at(target, psk.staff, sta="sta2")
        assert net.wait_addresses("sta2")[0].startswith("192.168.44.")
        for addr in net.addresses("sta2"):
            psk.lab.ping("server", addr)


def test_it_is_found_at_the_start(psk):
    daemon = psk.net.daemons["ap1"]
    psk.wait_at("ap1", psk.guest)
    daemon.stop()
    daemon.start()
    psk.net.wait_peers()
    for sta, where in (("sta1", psk.guest), ("sta2", psk.staff)):
        psk.wait_at("ap1", where, sta=sta)
        for addr in psk.net.addresses(sta):
            psk.lab.ping("server", addr)


def test_hostapd_drops_it_for_the_operator(psk):
    """There is no control socket of the VLAN's interface."""
    net, daemon = psk.net, psk.net.daemons["ap1"]
    psk.wait_at("ap1", psk.guest)
    mark = net.air.stations["sta1"].mark()
    daemon.ctl("disassociate", net.mac("sta1"))
    psk.lab.wait(lambda: any("DISCONNECTED" in text for _t, text in
                             net.air.stations["sta1"].events(mark)),
                 "sta1: disconnected", 5)
    at = net.air.wait_connected("sta1")
    psk.wait_at(at, psk.guest)
    if at != "ap1":
        net.air.move("sta1", "ap1")
    psk.wait_at("ap1", psk.guest)


def test_a_station_without_power_is_missed(psk):
    """It is asked through the access point, whose VLANs cannot."""
    net, daemon = psk.net, psk.net.daemons["ap1"]
    psk.wait_at("ap1", psk.guest)
    net.air.radios["sta1"].hear(AWAY)
    psk.lab.wait(lambda: not psk.at("ap1"), "missed", 60, 0.2)
    assert "no answer to probes" in daemon.log()
    net.air.radios["sta1"].hear(GROUP)
    net.air.wait_connected("sta1", timeout=60)
    if net.air.at["sta1"] != "ap1":
        net.air.move("sta1", "ap1")
    psk.wait_at("ap1", psk.guest)


def test_a_lost_vlan_is_in_the_log(psk):
    """The other access point has no VLAN for it."""
    net, mac = psk.net, psk.net.mac("sta1")
    psk.wait_at("ap1", psk.guest)
    psk.keys("ap2", False)
    count = net.daemons["ap2"].show("status")["network_changes"]
    net.air.move("sta1", "ap2")
    psk.wait_at("ap2", psk.staff)
    log = net.daemons["ap2"].log()
    assert re.search(f"station {mac}: was in guest at ap1 [0-9]+ s ago, "
                     "joined unnamed here", log)
    assert net.daemons["ap2"].show("status")["network_changes"] == count + 1
    psk.lab.wait(lambda: not psk.at("ap1"), "ap1: not there any more", 5)
    psk.lab.wait(lambda: all(not rec.get("router") for rec in
                             net.daemons["ap2"].show("stations")
                             if rec["mac"] == mac and not rec.get("here")),
                 "in one network only", 5)
    net.clients["sta1"].kick()
    psk.keys("ap2", True)
    net.air.move("sta1", "ap1")
    psk.wait_at("ap1", psk.guest)
    psk.lab.wait(lambda: not psk.at("ap2"), "ap2: not there any more", 5)


def test_an_access_point_is_in_the_vlan_of_its_port(lab):
    """One bridge that tells VLANs apart, as in OpenWrt."""
    net = WifiNetwork(lab, source="auto")
    apart(net)
    for r in net.routers:
        lab.batch(r, "link set roam0 type bridge vlan_filtering 1\n"
                  f"link add roam0.{VLAN} link roam0 type vlan id {VLAN}\n"
                  f"link set roam0.{VLAN} up\n")
        bridge(lab, r, "vlan", "add", "dev", "roam0", "vid", str(VLAN), "self")
    net.wait_igp()
    net.start("core")
    net.start(*net.routers, iface=f"roam0.{VLAN}")
    net.wait_peers()
    net.air.start("wpa2")
    for r in net.routers:
        bridge(lab, r, "vlan", "add", "dev", "wlan0", "vid", str(VLAN),
               "pvid", "untagged")
        bridge(lab, r, "vlan", "del", "dev", "wlan0", "vid", "1")
    net.client("sta1", "udhcpc")
    first = net.air.wait_connected("sta1")
    net.wait_addresses("sta1", 40)
    judge, mac = Judge(net), net.mac("sta1")
    other = "ap2" if first == "ap1" else "ap1"
    for target in (other, first) * 2:
        judge.roam(target)
        judge.only_at(target)
        judge.kept()
        rec = net.daemons[target].station(mac)
        assert (rec["interface"], rec["port"]) == (f"roam0.{VLAN}", "wlan0")
        lab.wait(lambda r=target: any(
            f"vlan {VLAN}" in line and "sticky" in line for line in
            bridge(lab, r, "fdb", "show", "dev", "wlan0").splitlines()
            if line.startswith(mac)), f"{target}: kept at its port", 5)


def bridge(lab, r, *words):
    return lab.run("bridge", "-n", lab.ns_name(r), *words)
