# SPDX-License-Identifier: ISC
"""DHCP among real programs: a netmask with proxy ARP, relays, a benchmark and
a starvation tool."""

import json
import re
import re
import shutil
import struct
import time

import pytest

from lab import Network, frames
from lab.clients import UDHCPC_SCRIPT
from lab.netns import PacketSocket

GATEWAY = "192.168.44.1"
# Relay agents: dhcrelay's link to its clients, perfdhcp's own address.
FAR, BENCH = "192.168.45.1", "192.168.44.251"


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=3)
    net.wait_igp()
    net.start("core")
    net.start(*net.routers, extra=[
        f"relay {{ {FAR}, {BENCH} }}", "lease first 5m", "limit leases 5",
        "exclude 192.168.44.250",       # a router's, by hand
        "domain name example.net", "ntp 192.0.2.123",
        f"host fixed lladdr {net.mac('sta3')} address 192.168.44.33"],
        iface_extra=["netmask 24"])
    net.wait_peers()
    for sta, router in (("sta1", "r1"), ("sta2", "r2")):
        net.air.move(sta, router)
        net.client(sta, "udhcpc")
    return net


def need(program):
    if not shutil.which(program):
        pytest.skip(program + " is not installed")


def interface(net, router):
    return net.daemons[router].show("interfaces")[0]


def leases(net, router):
    return json.loads(net.daemons[router].ctl(
        "-j", "show", "status"))["status"]["leases_ipv4"]


def test_stations_with_a_netmask_reach_each_other_by_proxy_arp(net):
    there = {s: net.wait_addresses(s, 30)[0] for s in ("sta1", "sta2")}
    for sta in there:
        addrs = net.lab.ip_json(sta, "-4", "addr", "show", "dev", "eth0")
        assert addrs[0]["addr_info"][0]["prefixlen"] == 24
    net.lab.ping("sta1", there["sta2"])
    net.lab.ping("sta2", there["sta1"])
    neigh = net.lab.run("ip", "-n", net.lab.ns_name("sta1"), "neigh", "show",
                        there["sta2"])
    assert "02:00:5e:00:53:44" in neigh
    assert interface(net, "r1")["proxied"] > 0


def test_what_the_engine_drops_is_shown_with_its_reason(net):
    net.wait_addresses("sta1", 30)
    mac, before = net.mac("sta1"), interface(net, "r1")
    sock = PacketSocket(net.lab.ns_name("sta1"), "eth0")
    for options in (b"\x35\x01\x03\x36\x04\x0a\x63\0\1",   # another's offer
                    b"\x35\x01\x07"):                     # a release of none
        sock.send(frames.ipv4_udp(mac, frames.bootp(mac, options + b"\xff"),
                                  68, 67))
    sock.close()
    for key in ("dhcp_other_server", "dhcp_not_owner"):
        net.lab.wait(lambda k=key: interface(net, "r1")[k] == before[k] + 1,
                     f"{key} is counted", 5, 0.05)
    text = net.daemons["r1"].ctl("show", "interfaces")
    assert re.search(r"\d+ DHCP for\s+other\s+servers", text), text
    assert re.search(r"\d+ DHCP of\s+addresses\s+not\s+theirs", text), text


def test_no_station_finds_its_own_or_an_unused_address_in_use(net):
    before = interface(net, "r1")["arps"], interface(net, "r1")["proxied"]
    own = net.wait_addresses("sta1")[0]
    used = {own, net.wait_addresses("sta2")[0], GATEWAY}
    free = next(a for a in (f"192.168.44.{n}" for n in range(2, 255))
                if a not in used)
    for addr in (own, free):
        out = net.lab.run("busybox", "arping", "-D", "-c", "2", "-w", "3",
                          "-I", "eth0", addr, ns="sta1", check=False)
        assert "Received 0" in out, out
    after = interface(net, "r1")
    assert after["arps"] > before[0]
    assert after["proxied"] == before[1]


def test_the_gateways_addresses_are_defended_and_who_asks_is_named(net):
    lab, daemon = net.lab, net.daemons["r1"]
    before = interface(net, "r1")["probes"]
    for _ in range(2):
        out = lab.run("busybox", "arping", "-D", "-c", "2", "-w", "3", "-I",
                      "eth0", GATEWAY, ns="sta1", check=False)
        assert "Received 0" not in out, out
    # Duplicate address detection by the station's kernel.
    lab.ip("sta1", "addr", "add", "fe80::44/64", "dev", "eth0")

    def failed():
        return any(a.get("dadfailed") for link in lab.ip_json(
            "sta1", "-6", "addr", "show", "dev", "eth0")
            for a in link.get("addr_info", ()) if a["local"] == "fe80::44")
    lab.wait(failed, "sta1: fe80::44 is a duplicate")
    lab.ip("sta1", "addr", "del", "fe80::44/64", "dev", "eth0")
    assert interface(net, "r1")["probes"] >= before + 3
    lines = [x for x in daemon.log().splitlines() if "for itself" in x]
    assert len(lines) == 1 and net.mac("sta1") in lines[0], lines
    assert GATEWAY in lines[0]


def test_who_claims_the_gateways_addresses_is_named(net):
    lab, daemon = net.lab, net.daemons["r1"]
    before = interface(net, "r1")["impostors"]
    sock, mac = PacketSocket(lab.ns_name("sta1"), "eth0"), net.mac("sta1")
    sock.send(frames.arp(mac, 1, GATEWAY, GATEWAY))
    lab.wait(lambda: interface(net, "r1")["impostors"] > before, "IPv4", 5)
    lab.wait(lambda: f"claims the gateway's address {GATEWAY}"
             in daemon.log(), "the log says so", 5)
    sock.send(frames.advertisement(mac, "fe80::44"))
    lab.wait(lambda: interface(net, "r1")["impostors"] > before + 1, "IPv6",
             10)
    lab.wait(lambda: "claims the gateway's address fe80::44" in daemon.log(), "the log says so", 5)
    sock.close()


def test_a_roamed_station_is_still_reached_by_its_neighbours(net):
    addr = net.wait_addresses("sta2")[0]
    for router in ("r1", "r2"):
        net.air.move("sta2", router)
        net.lab.wait(lambda r=router: net.daemons[r].has_station_here(
            net.mac("sta2")), f"sta2 is at {router}")
        net.lab.ping("sta2", GATEWAY)
        # Its neighbour's entry of the other kind may have to run out.
        net.lab.ping("sta1", addr, timeout=30)


def test_a_host_gets_the_address_of_the_configuration(net):
    net.air.move("sta3", "r1")
    net.client("sta3", "udhcpc")
    assert net.lab.wait(lambda: net.addresses("sta3")[0],
                        "sta3: an address", 20) == "192.168.44.33"


def test_isolated_stations_of_one_interface_reach_each_other(net):
    lab, daemon = net.lab, net.daemons["r1"]
    if "sta3" not in net.clients:
        net.client("sta3", "udhcpc")
    net.air.move_all([("sta1", "r1", "associate"),
                      ("sta3", "r1", "associate")])
    one, other = (net.wait_addresses(s, 20)[0] for s in ("sta1", "sta3"))
    for sta in ("sta1", "sta3"):
        lab.ip("r1", "link", "set", "p-" + sta, "type", "bridge_slave",
               "isolated", "on")
        lab.ip(sta, "neigh", "flush", "dev", "eth0")
    assert "Received 0" in lab.run(
        "busybox", "arping", "-c", "2", "-w", "2", "-I", "eth0", "-s", one,
        other, ns="sta1", check=False)
    assert "redirects stations" not in daemon.log()
    lab.sysctl("r1", net__ipv4__conf__roam0__send_redirects=1)
    daemon.conf.iface_extra.append("isolated yes")
    daemon.reload()
    lab.wait(lambda: "net.ipv4.conf.roam0.send_redirects=0"
             in daemon.log(), "what redirects is said", 5)
    lab.sysctl("r1", net__ipv4__conf__roam0__send_redirects=0)
    lab.ping("sta1", other)
    lab.ping("sta3", one)
    # IPv6 needs nothing, and stays so: no redirect.
    other6 = net.addresses("sta3")[1]
    for _ in range(3):
        lab.ping("sta1", other6)
    assert "via fe80::44" in lab.run("ip", "-6", "-n", lab.ns_name("sta1"),
                                     "route", "get", other6)
    neigh = lab.run("ip", "-n", lab.ns_name("sta1"), "neigh", "show", other)
    assert "02:00:5e:00:53:44" in neigh
    # Nobody finds its own address in use, or one that is free.
    for addr in (one, "192.168.44.254"):
        assert "Received 0" in lab.run(
            "busybox", "arping", "-D", "-c", "1", "-w", "1", "-I", "eth0",
            addr, ns="sta1", check=False)
    daemon.conf.iface_extra.remove("isolated yes")
    daemon.reload()
    for sta in ("sta1", "sta3"):
        lab.ip("r1", "link", "set", "p-" + sta, "type", "bridge_slave",
               "isolated", "off")
        lab.ip(sta, "neigh", "flush", "dev", "eth0")


def test_dhcrelay_serves_stations_of_another_link(net):
    need("dhcrelay")
    lab = net.lab
    lab.add_ns("relay", "far")
    lab.veth("r1", "p-relay", "relay", "north")
    lab.veth("relay", "south", "far", "eth0", mac2="02:00:00:00:00:99")
    lab.batch("r1", "link set p-relay master roam0\nlink set p-relay up\n")
    lab.batch("relay", "link set north up\nlink set south up\n"
              "addr add 192.168.44.250/24 dev north\n"
              f"addr add {FAR}/24 dev south\n")
    lab.batch("far", "link set eth0 up\n")
    relay = lab.spawn("dhcrelay", ["dhcrelay", "-4", "-d", "-a", "-iu", "north",
                                   "-id", "south", GATEWAY], ns="relay",
                      private=["/run"])
    lab.wait(lambda: "Sending on" in relay.text(), "dhcrelay runs", 10)
    script = lab.write("relayed.sh", UDHCPC_SCRIPT, 0o755)
    out = lab.run("busybox", "udhcpc", "-f", "-q", "-n", "-t", "8", "-T", "1",
                  "-i", "eth0", "-s", script, ns="far", timeout=30)
    match = re.search(r"bound (192\.168\.44\.\d+) (\d+)", out)
    assert match, out
    assert int(match[2]) == 300             # the first lease
    station = net.daemons["r1"].station("02:00:00:00:00:99")
    assert not (station or {}).get("here")
    relay.stop()


def test_perfdhcp_loses_no_exchange_through_its_relay_guise(net):
    need("perfdhcp")
    lab = net.lab
    lab.add_ns("bench")
    lab.veth("r1", "p-bench", "bench", "eth0")
    lab.batch("r1", "link set p-bench master roam0\nlink set p-bench up\n")
    lab.batch("bench", f"link set eth0 up\naddr add {BENCH}/24 dev eth0\n")
    lab.wait(lambda: "Received 1" in lab.run(
        "busybox", "arping", "-f", "-c", "1", "-w", "1", "-I", "eth0",
        GATEWAY, ns="bench", check=False), "bench: the gateway")
    out = lab.run("perfdhcp", "-4", "-l", "eth0", "-r", "40", "-R", "100",
                  "-p", "3", "-W", "1000000", GATEWAY, ns="bench",
                  check=False, timeout=60)
    drops = re.findall(r"drops: (\d+)", out)
    received = re.findall(r"received packets: (\d+)", out)
    assert len(drops) >= 2, out
    assert drops[:2] == ["0", "0"], out
    assert min(map(int, received[:2])) > 80, out


def attach_thief(net):
    if net.lab.ns_name("thief") not in net.lab.spaces:
        net.lab.add_ns("thief")
        net.lab.veth("r2", "p-thief", "thief", "eth0")
        net.lab.batch("r2", "link set p-thief master roam0\n"
                      "link set p-thief up\n")
        net.lab.batch("thief", "link set eth0 up\n")


def serves_another(net):
    """sta2, on the other port, gives its lease back and gets it again."""
    addr = net.wait_addresses("sta2")[0]
    net.clients["sta2"].release_lease()
    net.lab.wait(lambda: net.addresses("sta2")[0] is None, "released")
    net.clients["sta2"].kick()
    return net.lab.wait(lambda: net.addresses("sta2")[0], "served again",
                        3) == addr


def test_dhcpstarv_takes_nothing_as_it_speaks_for_others(net):
    need("dhcpstarv")
    attach_thief(net)
    before = leases(net, "r2")
    thief = net.lab.spawn("dhcpstarv", ["dhcpstarv", "-v", "-i", "eth0"],
                          ns="thief")
    net.lab.wait(lambda: interface(net, "r2")["foreign"] > 2, "it asks", 20)
    assert serves_another(net)
    assert leases(net, "r2") == before
    thief.stop()


def request(mac, addr):
    """An INIT-REBOOT of a station that has never been here."""
    options = (b"\x35\x01\x03\x32\x04" + bytes(addr) + b"\xff").ljust(60, b"\0")
    bootp = (b"\x01\x01\x06\0" + mac[2:] + bytes(20) + mac + bytes(10 + 192)
             + b"\x63\x82\x53\x63" + options)
    udp = struct.pack("!HHHH", 68, 67, 8 + len(bootp), 0) + bootp
    ip = bytearray(struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64,
                               17, 0) + bytes(4) + b"\xff" * 4)
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xffff) + (total >> 16)
    struct.pack_into("!H", ip, 10, ~(total + (total >> 16)) & 0xffff)
    return b"\xff" * 6 + mac + b"\x08\0" + bytes(ip) + udp


def test_a_thief_of_many_addresses_gets_few_and_stops_nobody(net):
    attach_thief(net)
    before, start = leases(net, "r2"), time.monotonic()
    sock = PacketSocket(net.lab.ns_name("thief"), "eth0")
    for n in range(3000):
        sock.send(request(b"\x06\0\0\0" + struct.pack("!H", n),
                          (192, 168, 44, 2 + n % 250)))
    sock.close()
    assert serves_another(net)
    seconds = time.monotonic() - start
    # limit leases 5: fifty at once and five a second, of its port and of
    # those whose port was not yet known
    most = 2 * (50 + 5 * (seconds + 1))
    assert leases(net, "r2") - before <= most
    # or it has its share of the pool before that
    status = net.daemons["r2"].show("status")
    assert status["dhcp_limited"] + status["pool_kept"] > 100
    assert leases(net, "core") - before <= most     # and others see no more
