# SPDX-License-Identifier: ISC
"""Stations at different access points find each other's services, as sroamd(8)
says under DISCOVERY, and what that costs of the air."""

import contextlib
import os
import socket
import struct
import subprocess
import time

import pytest

from lab import netns
from lab.daemon import ROOT
from lab.fixtures import LONG, opened
from lab.wifi import WifiNetwork, shipped

KIND, HIDDEN, PORT = "_ipp._tcp", "_hidden._tcp", 631
MDNS = os.path.join(ROOT, "regress", "lab", "mdns.py")
ETH_P_ALL, SO_RCVBUFFORCE = 3, 33
RULES = os.path.join(ROOT, "etc", "mdns.nft")
CONF = os.path.join(ROOT, "etc", "avahi-daemon.conf")


def reflect(net, ns):
    """What the manual has a router do."""
    lab, (own, _) = net.lab, net.addrs[ns]
    others = [net.addrs[r][0] for r in net.routers if r != ns]
    lab.batch(ns, f"link add mdns0 type vxlan id 5353 local {own} dstport 4789"
              f" nolearning\naddr add {own}/32 dev mdns0\nlink set mdns0 up\n")
    for other in others:
        lab.run("bridge", "-n", lab.ns_name(ns), "fdb", "append",
                "00:00:00:00:00:00", "dev", "mdns0", "dst", other)
    lab.run("nft", "-f", RULES, ns=ns)
    # It holds its place in the file system, which all namespaces share.
    run = lab.path(ns + "-avahi")
    os.mkdir(run)
    return lab.spawn(ns + "-avahi", [
        "unshare", "-m", "sh", "-c",
        f"mkdir -p /run/avahi-daemon && mount --bind {run} /run/avahi-daemon "
        f"&& exec avahi-daemon --no-drop-root --no-chroot --no-rlimits "
        f"-f {CONF}"], ns=ns)


def publish(net, station, *what):
    proc = net.lab.spawn(f"{station}-{what[0]}", [
        "/usr/bin/python3", MDNS, "publish", *what, *net.addresses(station)],
        ns=station)
    net.lab.wait(lambda: "published" in proc.text(), "published", 30)
    return proc


def browse(net, station, kind, seconds=6):
    """{name: (port, addresses)}"""
    out = net.lab.run("/usr/bin/python3", MDNS, "browse", kind, str(seconds),
                      ns=station, timeout=60)
    return {name: (int(port), set(addrs)) for name, port, *addrs in
            (line.split() for line in out.splitlines())}


class Air:
    """What the access points say to all, as any radio hears it."""
    TO_ALL, FROM_ACCESS_POINT, DATA = 1, 2, 8

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self.sock.bind(("hwsim0", 0))
        self.sock.setblocking(False)

    def of(self, bssid):
        """(frames, their time in ms without contention) since it was asked
        last.  At 1 Mb/s the preamble and header take 192 us (802.11-2020,
        15.3.4); the rate is the radio's own."""
        frames = us = 0
        while True:
            try:
                data = self.sock.recv(4096)
            except BlockingIOError:
                return frames, us / 1000
            head, = struct.unpack_from("<H", data, 2)
            half_mbits, frame = data[17], data[head:]
            if (frame[0] & 0x0c == self.DATA and frame[4] & self.TO_ALL
                    and frame[1] & 3 == self.FROM_ACCESS_POINT
                    and frame[10:16] == bssid):
                frames += 1
                us += 192 + (len(frame) + 4) * 8 * 2 / half_mbits


@pytest.fixture(scope="module")
def net():
    for lab in opened("d"):
        net = WifiNetwork(lab, stations=2)
        net.wait_igp()
        # The other networks are on the same channel, and have the same name.
        for radio in net.air.radios.values():
            radio.hear(64)
        net.air.start("wpa2", bridge=net.bridge, extra=shipped("ap_isolate"))
        net.start()
        net.wait_peers()
        for station in net.stations:
            net.air.wait_connected(station)
            net.client(station, "udhcpc")
            net.wait_addresses(station)
        net.reflectors = {ns: reflect(net, ns) for ns in net.routers}
        time.sleep(3)
        yield net


def put(net, **places):
    for station, ap in places.items():
        if net.air.wait_connected(station) != ap:
            net.air.move(station, ap)


@contextlib.contextmanager
def printer(net, name):
    """At sta2, with a service of a kind that is not passed on, too; what
    browse finds of it."""
    with netns.inside(net.lab.ns_name("sta2")):
        server = socket.create_server(("", PORT), family=socket.AF_INET6,
                                      dualstack_ipv6=True)
    procs = [publish(net, "sta2", name, kind, str(PORT))
             for kind in (KIND, HIDDEN)]
    yield {name: (PORT, set(net.addresses("sta2")))}
    for proc in procs:
        proc.stop()
    server.close()


def reached(net, addr):
    with netns.inside(net.lab.ns_name("sta1")):
        socket.create_connection((addr, PORT), timeout=5).close()


@pytest.mark.parametrize("finder, service", [
    ("ap1", "ap2"), pytest.param("ap2", "ap1", marks=LONG)])
def test_a_service_at_another_router_is_found(net, finder, service):
    put(net, sta1=finder, sta2=service)
    with printer(net, "p-" + service) as there:
        assert there.items() <= browse(net, "sta1", KIND).items()
        assert browse(net, "sta1", HIDDEN) == {}
        for addr in net.addresses("sta2"):
            reached(net, addr)
        # It is where it was by name and address, wherever it is.
        put(net, sta2=finder)
        for addr in net.addresses("sta2"):
            reached(net, addr)


@pytest.mark.parametrize("at", ["ap1", "ap2"])
def test_no_station_speaks_in_the_vxlan(net, at):
    lab, (router, _) = net.lab, net.addrs["ap2"]
    put(net, sta1=at)

    def received():
        return lab.ip_json("ap2", "-s", "link", "show", "mdns0")[0][
            "stats64"]["rx"]["packets"]
    lab.ping("sta1", router)
    frame = bytes.fromhex("01005e0000fb" "020000000666" "0800") + bytes(50)
    head = struct.pack("!II", 8 << 24, 5353 << 8)
    lab.wait(lambda: not received() - (time.sleep(2) or received()),
             "silence in the VXLAN", 60)
    for ns, much in (("sta1", 0), ("ap1", 10)):
        before = received()
        with netns.inside(lab.ns_name(ns)):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if ns == "ap1":
            sock.bind((net.addrs["ap1"][0], 0))
        for _ in range(10):
            sock.sendto(head + frame, (router, 4789))
        sock.close()
        time.sleep(1)
        assert received() - before == much


def test_at_one_access_point_it_takes_a_hairpin(net):
    put(net, sta1="ap1", sta2="ap1")
    with printer(net, "near") as there:
        assert "near" not in browse(net, "sta1", KIND)
        hairpin(net, there)


def hairpin(net, there):
    lab = net.lab
    lab.run("bridge", "-n", lab.ns_name("ap1"), "link", "set", "dev", "wlan0",
            "hairpin", "on")
    try:
        assert there.items() <= browse(net, "sta1", KIND).items()
        # Nothing else comes back.
        with netns.inside(lab.ns_name("sta1")):
            ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ears.bind(("", 4000))
        ears.settimeout(3)
        with netns.inside(lab.ns_name("sta2")):
            mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        mouth.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        mouth.sendto(b"all", ("255.255.255.255", 4000))
        with pytest.raises(TimeoutError):
            ears.recv(100)
        ears.close()
        mouth.close()
    finally:
        lab.run("bridge", "-n", lab.ns_name("ap1"), "link", "set", "dev",
                "wlan0", "hairpin", "off")


@LONG
def test_what_it_takes_of_the_air(net, record_property):
    """At ap1, of what is at ap2: ten services that come, a station that
    looks for them, and a minute in which nobody does."""
    put(net, sta1="ap1", sta2="ap2")
    subprocess.run(["ip", "link", "set", "hwsim0", "up"], check=True)
    air, bssid = Air(), bytes.fromhex(
        net.air.radios["ap1"].mac.replace(":", ""))
    procs = [publish(net, "sta2", f"x{i}", KIND, "99") for i in range(10)]
    time.sleep(10)
    took = {"ten services": air.of(bssid)}
    browse(net, "sta2", KIND, 10)
    took["a browser"] = air.of(bssid)
    time.sleep(60)
    took["a quiet minute"] = air.of(bssid)
    for proc in procs:
        proc.stop()
    for what, (frames, ms) in took.items():
        print(f"{what}: {frames} frames, {ms:.0f} ms")
        record_property(what, f"{frames} frames, {ms:.0f} ms")
    assert took["ten services"][0] > 10
    assert took["a quiet minute"][0] < 10
