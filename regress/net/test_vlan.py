# SPDX-License-Identifier: ISC
"""One bridge that tells VLANs apart on each router, with a VLAN device of each
network above it, as in OpenWrt: VLAN 10 is staff's, 20 the guests'.  sta1 and
sta2 are at ports of VLAN 10, sta3 of 20, and sta4 behind a trunk in both."""

import socket
import subprocess

import pytest

from lab import Network, frames
from lab.base import LabTimeout
from lab.clients import CLIENTS
from lab.daemon import LLADDR
from lab.netns import PacketSocket
from lab.topology import SERVER4, SERVER6

STAFF, GUEST = 10, 20
PORTS = {"sta1": STAFF, "sta2": STAFF, "sta3": GUEST}
TRUNK, BRIDGE = "sta4", "roam0"
FOUR = {STAFF: "192.168.44.", GUEST: "10.45.0."}
SIX = {STAFF: "2001:db8:44", GUEST: "2001:db8:45"}


def filters():
    """Whether this kernel's bridges tell VLANs apart."""
    made = subprocess.run(["unshare", "-n", "ip", "link", "add", "type",
                           "bridge", "vlan_filtering", "1"],
                          capture_output=True, check=False)
    return made.returncode == 0


pytestmark = pytest.mark.skipif(not filters(), reason="no vlan_filtering")


def block(iface):
    text = ["network guest {", "\tprefix { 10.45.0.0/24, 2001:db8:45::/48 }"]
    if iface:
        text += [f"\tinterface {BRIDGE}.{GUEST} {{",
                 "\t\tlladdr 02:00:5e:00:53:45", "\t\taddress 10.45.0.1/32",
                 "\t\taddress fe80::44/64", "\t}"]
    return "\n".join(text + ["}"])


def divide(lab, r, ports):
    """The bridge of a router, its ports, and what is above it."""
    lab.batch(r, f"link set {BRIDGE} type bridge vlan_filtering 1\n" + "".join(
        f"link add {BRIDGE}.{vid} link {BRIDGE} type vlan id {vid}\n"
        f"link set {BRIDGE}.{vid} up\n" for vid in (STAFF, GUEST)))
    for vid in (STAFF, GUEST):
        vlan(lab, r, "add", BRIDGE, vid, "self")
        vlan(lab, r, "add", "p-" + TRUNK, vid)
    for sta, vid in ports.items():
        vlan(lab, r, "add", "p-" + sta, vid, "pvid", "untagged")
    for sta in list(ports) + [TRUNK]:
        vlan(lab, r, "del", "p-" + sta, 1)


def vlan(lab, r, what, dev, vid, *more):
    lab.run("bridge", "-n", lab.ns_name(r), "vlan", what, "dev", dev, "vid",
            str(vid), *more)


class Vlans:
    def __init__(self, lab):
        self.lab = lab
        self.net = net = Network(lab, routers=2, stations=4)
        for r in net.routers:
            divide(lab, r, PORTS)
        lab.batch(TRUNK, "".join(
            f"link add eth0.{vid} link eth0 type vlan id {vid}\n"
            f"link set eth0.{vid} up\n" for vid in (STAFF, GUEST)))
        net.wait_igp()
        net.start("core", extra=[block(False)])
        net.start(*net.routers, iface=f"{BRIDGE}.{STAFF}", stations=None,
                  extra=[block(True)])
        net.wait_peers()
        self.addrs = {}
        for sta, vid in PORTS.items():
            net.air.move(sta, "r1")
            net.client(sta, "udhcpc")
            self.addrs[sta, vid] = net.wait_addresses(sta)
        net.air.move(TRUNK, "r1")
        for vid in (STAFF, GUEST):
            client = CLIENTS["udhcpc"](lab, TRUNK, f"eth0.{vid}")
            self.addrs[TRUNK, vid] = lab.wait(
                lambda vid=vid: self.addresses(vid), "both addresses", 20)
            client.stop()

    def addresses(self, vid):
        """Of the station behind the trunk in this VLAN."""
        out = {a["family"]: a["local"]
               for link in self.lab.ip_json(TRUNK, "addr", "show", "dev",
                                            f"eth0.{vid}")
               for a in link.get("addr_info", ())
               if a.get("scope") == "global" and not a.get("tentative")}
        return len(out) == 2 and (out["inet"], out["inet6"])

    def mac(self, sta):
        return self.net.mac(sta)

    def at(self, r, sta, vid):
        """The port where the router has it in the VLAN, or None."""
        for rec in self.net.daemons[r].show("stations"):
            if rec["mac"] == self.mac(sta) and rec.get("interface") == \
                    f"{BRIDGE}.{vid}" and rec.get("here"):
                return rec.get("port")
        return None

    def wait_at(self, r, sta, vid, port=None, timeout=5):
        self.lab.wait(lambda: self.at(r, sta, vid) == (port or "p-" + sta),
                      f"{r}: {sta} in VLAN {vid}", timeout)

    def entry(self, r, sta, vid):
        """The bridge's own entry: (port, whether it is sticky)."""
        for line in self.lab.run("bridge", "-n", self.lab.ns_name(r), "fdb",
                                 "show", "br", BRIDGE).splitlines():
            words = line.split()
            if words[0] == self.mac(sta) and f"vlan {vid} " in line + " ":
                return words[words.index("dev") + 1], "sticky" in words
        return None, False

    def routed(self, r, addr, vid):
        return f"{BRIDGE}.{vid}" in self.lab.run("ip", "route", "get", addr,
                                                 ns=r, check=False)


@pytest.fixture(scope="module")
def vlans(module_lab):
    return Vlans(module_lab)


def test_each_has_addresses_of_its_vlans_network(vlans):
    for (sta, vid), (v4, v6) in vlans.addrs.items():
        assert v4.startswith(FOUR[vid]) and v6.startswith(SIX[vid])
        vlans.wait_at("r1", sta, vid)
        assert vlans.routed("r1", v4, vid)
    for rec in vlans.net.daemons["r1"].show("interfaces"):
        assert rec["source"] == "bridge", rec


def test_what_goes_to_the_gateway_is_not_flooded(vlans):
    """Nor taken by a port that sends in the name of the gateway."""
    lab = vlans.lab
    lab.ip("sta2", "link", "set", "eth0", "promisc", "on")
    with lab.inside("sta2"):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(0x0800))
    with ear:
        ear.bind(("eth0", 0x0800))
        ear.setblocking(False)
        for name in (None, LLADDR):
            if name:
                mouth = PacketSocket(lab.ns_name("sta2"), "eth0")
                mouth.send(frames.arp(name, 1, "0.0.0.0", "192.0.2.9"))
                mouth.close()
            lab.ping("sta1", SERVER4)
            with pytest.raises(BlockingIOError):
                ear.recv(2000)
    lab.ip("sta2", "link", "set", "eth0", "promisc", "off")


def test_one_behind_a_trunk_is_in_both(vlans):
    for vid in (STAFF, GUEST):
        v4, v6 = vlans.addrs[TRUNK, vid]
        for addr in (v4, v6):
            vlans.lab.ping("server", addr)


def test_a_move_is_noticed_at_once(vlans):
    """Without a packet of the station but the one of its arrival."""
    lab, net = vlans.lab, vlans.net
    for sta, vid in list(PORTS.items())[::2]:
        for r in ("r2", "r1"):
            net.air.move(sta, r)
            vlans.wait_at(r, sta, vid, timeout=1)
            for addr in vlans.addrs[sta, vid]:
                lab.ping("server", addr)
            for dst in (SERVER4, SERVER6):
                lab.ping(sta, dst)


def says(vlans, sta, ifname):
    """A station says something at its link."""
    sock = PacketSocket(vlans.lab.ns_name(sta), ifname)
    sock.send(frames.arp(vlans.mac(sta), 1, "0.0.0.0", "192.0.2.9"))
    sock.close()


def test_a_trunk_moves_vlan_by_vlan(vlans):
    """What it says in one says nothing of the other."""
    net = vlans.net
    net.air.move(TRUNK, "r2")
    says(vlans, TRUNK, f"eth0.{GUEST}")
    vlans.wait_at("r2", TRUNK, GUEST, timeout=1)
    assert vlans.at("r2", TRUNK, STAFF) is None
    assert vlans.at("r1", TRUNK, STAFF) == "p-" + TRUNK
    says(vlans, TRUNK, f"eth0.{STAFF}")
    vlans.wait_at("r2", TRUNK, STAFF, timeout=1)
    net.air.move(TRUNK, "r1")
    for vid in (STAFF, GUEST):
        says(vlans, TRUNK, f"eth0.{vid}")
        vlans.wait_at("r1", TRUNK, vid, timeout=1)


def test_it_is_asked_where_it_was_with_its_tag(vlans):
    """sta1 speaks in the name of the one behind the trunk, which answers."""
    count = vlans.net.daemons["r1"].show("status")["reclaimed"]
    thief = PacketSocket(vlans.lab.ns_name("sta1"), "eth0")
    for _again in range(3):
        thief.send(frames.arp(vlans.mac(TRUNK), 1, "0.0.0.0", "192.0.2.9"))
        vlans.lab.wait(lambda: vlans.entry("r1", TRUNK, STAFF) ==
                       ("p-" + TRUNK, True), "kept at the trunk", 2)
    thief.close()
    vlans.wait_at("r1", TRUNK, STAFF)
    assert vlans.net.daemons["r1"].show("status")["reclaimed"] > count
    # In the other VLAN nothing has happened.
    assert vlans.entry("r1", TRUNK, GUEST) == ("p-" + TRUNK, False)


def test_an_isolated_port_keeps_its_station(vlans):
    lab = vlans.lab
    for sta in ("sta1", "sta2"):
        lab.ip("r1", "link", "set", "p-" + sta, "type", "bridge_slave",
               "isolated", "on")
    try:
        vlans.net.air.move("sta2", "r2")
        vlans.wait_at("r2", "sta2", STAFF)
        vlans.net.air.move("sta2", "r1")
        lab.wait(lambda: vlans.entry("r1", "sta2", STAFF) ==
                 ("p-sta2", True), "kept at its port", 5)
        thief = PacketSocket(lab.ns_name("sta1"), "eth0")
        for _again in range(5):
            thief.send(frames.arp(vlans.mac("sta2"), 1, "0.0.0.0",
                                  "192.0.2.9"))
        thief.close()
        lab.ping("server", vlans.addrs["sta2", STAFF][0])
        assert vlans.entry("r1", "sta2", STAFF) == ("p-sta2", True)
    finally:
        for sta in ("sta1", "sta2"):
            lab.ip("r1", "link", "set", "p-" + sta, "type", "bridge_slave",
                   "isolated", "off")


def test_a_static_entry_is_made_to_stay(vlans):
    mac = "02:00:00:00:99:01"
    vlans.lab.run("bridge", "-n", vlans.lab.ns_name("r1"), "fdb", "add", mac,
                  "dev", "p-sta1", "master", "static", "vlan", str(STAFF))
    vlans.lab.wait(lambda: "sticky" in next(
        line for line in vlans.lab.run(
            "bridge", "-n", vlans.lab.ns_name("r1"), "fdb", "show", "dev",
            "p-sta1").splitlines() if line.startswith(mac)), "sticky", 2)


def test_a_port_changes_its_vlan(vlans):
    """Its station joins there, as soon as it says something."""
    lab, net = vlans.lab, vlans.net
    vlan(lab, "r1", "add", "p-sta3", STAFF, "pvid", "untagged")
    vlan(lab, "r1", "del", "p-sta3", GUEST)
    try:
        lab.wait(lambda: vlans.at("r1", "sta3", GUEST) is None, "it left", 5)
        says(vlans, "sta3", "eth0")
        vlans.wait_at("r1", "sta3", STAFF, timeout=1)
    finally:
        vlan(lab, "r1", "add", "p-sta3", GUEST, "pvid", "untagged")
        vlan(lab, "r1", "del", "p-sta3", STAFF)
    says(vlans, "sta3", "eth0")
    vlans.wait_at("r1", "sta3", GUEST, timeout=1)
    net.clients["sta3"].kick()
    lab.ping("server", vlans.addrs["sta3", GUEST][0])


def test_of_vlans_without_an_interface_nothing_is_seen(vlans):
    """Nor of the bridge's own, which is no interface of ours."""
    lab = vlans.lab
    vlan(lab, "r1", "add", "p-sta2", 30, "pvid", "untagged")
    vlan(lab, "r1", "del", "p-sta2", STAFF)
    says(vlans, "sta2", "eth0")
    lab.wait(lambda: vlans.entry("r1", "sta2", 30)[0] == "p-sta2",
             "learned", 2)
    lab.wait(lambda: vlans.at("r1", "sta2", STAFF) is None, "it left", 5)
    with pytest.raises(LabTimeout):
        vlans.wait_at("r1", "sta2", STAFF, timeout=1)
    vlan(lab, "r1", "add", "p-sta2", STAFF, "pvid", "untagged")
    vlan(lab, "r1", "del", "p-sta2", 30)
    says(vlans, "sta2", "eth0")
    vlans.wait_at("r1", "sta2", STAFF, timeout=1)


def own_addresses(vlans, r):
    return [line.split()[0] for line in vlans.lab.run(
        "bridge", "-n", vlans.lab.ns_name(r), "fdb", "show", "br",
        BRIDGE).splitlines() if "02:00:5e:00:53:4" in line and "vlan" in line]


def test_what_was_set_is_taken_back(vlans):
    """The gateways' addresses in the bridge, and no station is kept there."""
    daemon = vlans.net.daemons["r2"]
    assert sorted(own_addresses(vlans, "r2")) == [LLADDR, "02:00:5e:00:53:45"]
    daemon.stop()
    daemon.remove()
    assert own_addresses(vlans, "r2") == []
    assert "sticky" not in vlans.lab.run(
        "bridge", "-n", vlans.lab.ns_name("r2"), "fdb")
    daemon.start()
    assert len(own_addresses(vlans, "r2")) == 2
    vlans.net.wait_peers()


def test_telling_apart_ends_and_begins(vlans):
    """Without it the devices above hear packets alone."""
    lab = vlans.lab

    def source(what):
        return all(rec["source"] == what for rec in
                   vlans.net.daemons["r2"].show("interfaces"))
    lab.wait(lambda: source("bridge"), "bridge", 2)
    lab.ip("r2", "link", "set", BRIDGE, "type", "bridge", "vlan_filtering",
           "0")
    lab.wait(lambda: source("packets"), "packets", 2)
    lab.ip("r2", "link", "set", BRIDGE, "type", "bridge", "vlan_filtering",
           "1")
    lab.wait(lambda: source("bridge"), "bridge again", 2)
    vlans.net.air.move("sta1", "r2")
    vlans.wait_at("r2", "sta1", STAFF, timeout=1)
