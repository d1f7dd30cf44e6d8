# SPDX-License-Identifier: ISC
"""Strangers on the air, and everything that may break: not one route moves
that should not, and all comes right again."""

import os
import re
import signal
import socket
import struct
import time

import pytest

from lab import frames, netns
from lab.judge import Watch
from lab.wifi import Radio, Supplicant


class Evil:
    """A station of the attacker, in a namespace of its own."""

    def __init__(self, lab):
        self.lab = lab
        lab.add_ns("evil")
        lab.sysctl("evil", net__ipv6__conf__all__disable_ipv6=1,
                   net__ipv6__conf__default__disable_ipv6=1)
        self.radio = Radio(lab, "evil")
        self.supplicant = None

    def begin(self, mac, bssid, security="wpa2", network=(), **kw):
        if self.supplicant:
            self.supplicant.stop()
        self.lab.batch("evil", "link set wlan0 down\n"
                       f"link set wlan0 address {mac}\n")
        self.supplicant = Supplicant(
            self.lab, "evil", security,
            network=["bssid=" + bssid, *network], **kw).start()

    def end(self):
        self.supplicant.stop()
        self.supplicant = None


@pytest.fixture(scope="module")
def evil(site):
    return Evil(site.lab)


@pytest.fixture
def nothing_moves(site, request):
    """Watches the routes of all, from the test's begin to its end."""
    net, judge = site.use(getattr(request, "param", "wpa2"))
    judge.only_at("ap1")
    watches = [Watch(site.lab, ns, "route", "nexthop")
               for ns in ["core"] + net.routers]
    # A monitor that sees this one sees all.
    for ns, watch in zip(["core"] + net.routers, watches):
        def seen(ns=ns, watch=watch):
            for verb in ("add", "del"):
                site.lab.run("ip", "route", verb, "blackhole",
                             "203.0.113.0/24", ns=ns)
            return watch.lines("203.0.113")
        site.lab.wait(seen, f"{ns}: monitor", every=0.1)
        site.lab.wait(lambda w=watch: w.lines("203.0.113")[-1].startswith(
            "Deleted"), f"{ns}: monitor")

    # What the last roam set going has come to rest.
    def quiet():
        for watch in watches:
            watch.mark()
        time.sleep(1)
        return not any(watch.lines() for watch in watches)
    site.lab.wait(quiet, "the routes rest")
    begin = time.time_ns()
    yield net, judge
    lost = judge.lost(begin, time.time_ns() - 200 * 10**6)
    assert not any(lost.values()), lost
    judge.flows()
    # At ap1 it may be set once more, by way of the link-local address that
    # it has come to know.
    own = (judge.addrs[0], judge.addrs[1].rsplit(":", 4)[0])
    moved = [(watch.ns, line) for watch in watches
             for proto in (" proto 44", " proto 45")
             for line in watch.lines(proto)
             if any(addr in line for addr in own)
             and (line.startswith("Deleted") or watch.ns != "ap1"
                  or " dev roam0 " not in line)]
    assert not moved, moved
    judge.only_at("ap1")
    judge.kept()
    for watch in watches:
        watch.proc.stop()


@pytest.mark.parametrize("left_behind,nothing_moves", [("wpa2", "wpa2")],
                         indirect=True)
def test_authenticating_in_anothers_name_moves_nothing(site, evil, left_behind,
                                                       nothing_moves):
    """All of the attacker's doing but the key: authentication, association,
    two messages of the handshake, at the access point next door."""
    net, judge = nothing_moves
    evil.begin(net.mac("sta1"), net.air.radios["ap2"].mac, psk="00" * 32)
    ap2 = net.air.aps["ap2"].proc
    mark = len(ap2.text())
    site.lab.wait(lambda: ap2.text()[mark:].count("associated (aid") >= 2,
                  "ap2: two attempts", 40, 0.1)
    assert "AP-STA-CONNECTED " + net.mac("sta1") not in ap2.text()[mark:]
    assert not net.daemons["ap2"].has_station_here(net.mac("sta1"))
    evil.end()


@pytest.fixture
def left_behind(site, request):
    """The station is at ap1 and still associated with ap2, where nobody may
    drop it; what it names its master key there, if it keeps one."""
    net, judge = site.use(request.param)
    ap2, bssid = net.daemons["ap2"], net.air.radios["ap2"].mac
    extra = ap2.conf.extra
    ap2.conf.extra = [line for line in extra if "hostapd" not in line]
    ap2.reload()
    judge.roam("ap2")
    names = [line.split()[2]
             for line in net.air.stations["sta1"].ask("PMKSA").splitlines()
             if bssid in line]
    judge.roam("ap1")
    yield names
    ap2.conf.extra = extra
    ap2.reload()


def told_to_come_back(lab, bssid):
    """After how many ms each time, as the station's kernel says; all that it
    said before is forgotten."""
    return [int(ms) for ms in re.findall(
        bssid + r" rejected association temporarily; comeback duration \d+ TU "
        r"\((\d+) ms\)", lab.run("dmesg", "--read-clear"))]


@pytest.mark.parametrize("left_behind", ["sae"], indirect=True)
def test_a_return_to_an_association_that_stands_is_quick(site, left_behind):
    """hostapd asks the station whether it is there, and has it wait; with
    etc/hostapd.conf not for a second, as it would have otherwise."""
    net, bssid = site.net, site.net.air.radios["ap2"].mac
    told_to_come_back(site.lab, bssid)
    moves = [net.air.move("sta1", target) for target in ("ap2", "ap1", "ap2")]
    waits = told_to_come_back(site.lab, bssid)
    print("roams:", [f"{move.new} {move.gap_ms:.0f} ms" for move in moves],
          "asked to wait:", waits)
    assert len(waits) >= 2 and max(waits) < 250
    site.judge.flows()
    site.judge.only_at("ap2")


@pytest.mark.parametrize("left_behind,nothing_moves", [("sae", "sae")],
                         indirect=True)
def test_a_master_keys_name_overheard_moves_nothing(site, evil, left_behind,
                                                    nothing_moves):
    """hostapd has the kernel authorise a station that comes back to its old
    association, and asks for its keys then: the attacker has none."""
    net, judge = nothing_moves
    mac, bssid = net.mac("sta1"), net.air.radios["ap2"].mac

    def station():
        return site.lab.run("iw", "dev", "wlan0", "station", "get", mac,
                            ns="ap2", check=False)     # it comes and goes

    def fresh():
        text = station()
        age = re.search(r"connected time:\t(\d+)", text)
        return "authorized:\tyes" in text and age and int(age.group(1)) < 3
    site.lab.wait(lambda: "MFP:\t\tyes" in station() and not fresh(),
                  "ap2: the association stands", every=0.1)
    ap2 = net.air.aps["ap2"].proc
    mark = len(ap2.text())
    evil.begin(mac, bssid, "sae", ["disabled=1"])
    site.lab.wait(evil.supplicant.status, "evil: ready", every=0.1)
    for words in (f"PMKSA_ADD 0 {bssid} {left_behind[0]} {'00' * 32} 40000 "
                  "40000 1024 0", "ENABLE_NETWORK 0"):
        assert evil.supplicant.ask(words) == "OK"
    site.lab.wait(fresh, "ap2: the kernel holds it for authorised", 30, 0.05)
    time.sleep(1)
    assert "AP-STA-CONNECTED " + mac not in ap2.text()[mark:]
    assert not net.daemons["ap2"].has_station_here(mac)
    evil.end()


def link_local(mac):
    b = frames.mac(mac)
    return "fe80::" + ":".join(f"{x:x}" for x in struct.unpack(
        "!4H", bytes([b[0] ^ 2]) + b[1:3] + b"\xff\xfe" + b[3:]))


def lies(victim, addrs, own):
    """Frames that name the victim, each from the attacker's address and from
    the victim's."""
    v4, v6 = addrs
    every, routers = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:02"
    ll = link_local(victim)

    def dhcp(kind, ciaddr="0.0.0.0"):
        wish = b"" if ciaddr != "0.0.0.0" else \
            b"\x32\x04" + socket.inet_aton(v4)
        return frames.bootp(victim, bytes([53, 1, kind]) + wish + b"\x36\x04"
                            + socket.inet_aton("192.168.44.1") + b"\xff",
                            flags=0x8000, ciaddr=ciaddr)

    def advertised(src, saddr):
        return frames.icmp6(src, b"\x88\0\0\0\x20\0\0\0" + frames.in6(v6)
                            + b"\x02\x01" + frames.mac(victim), saddr,
                            "ff02::1", dst=routers)

    def asked(target):
        """By the victim, as it says inside."""
        return frames.arp(victim, 1, v4, target)[12:]

    for src in (own, victim):
        for message in [dhcp(kind) for kind in (1, 3, 4, 7)] + [
                dhcp(3, v4), dhcp(7, v4)]:
            yield frames.ipv4_udp(src, message, 68, 67)
        for target in ("192.168.44.1", v4):
            yield frames.mac(every) + frames.mac(src) + asked(target)
        yield frames.icmp6(src, b"\x85\0\0\0" + bytes(4) + b"\x01\x01"
                           + frames.mac(victim), ll, "ff02::2", dst=routers)
        for saddr in (v6, ll):
            yield advertised(src, saddr)


def received(lab, ns):
    return lab.ip_json(ns, "-s", "link", "show",
                       "wlan0")[0]["stats64"]["rx"]["packets"]


def test_an_associated_attackers_lies_move_nothing(site, evil, nothing_moves):
    """It has the key, as every guest has, and speaks in the victim's name:
    in its packets, and in its frames' source, too."""
    net, judge = nothing_moves
    own = evil.radio.mac
    evil.begin(own, net.air.radios["ap2"].mac)
    site.lab.wait(lambda: evil.supplicant.connected(), "evil: associated", 30,
                  0.1)
    site.lab.wait(lambda: net.daemons["ap2"].has_station_here(own),
                  "ap2 knows the attacker", 15)
    raw = netns.PacketSocket(site.lab.ns_name("evil"), "wlan0")
    before = received(site.lab, "ap2")
    all_lies = list(lies(net.mac("sta1"), judge.addrs, own))
    for _ in range(3):
        for frame in all_lies:
            raw.send(frame)
            time.sleep(0.01)
    raw.close()
    # Those with its own source have arrived; the others had the wrong key.
    site.lab.wait(lambda: received(site.lab, "ap2") >= before + len(all_lies),
                  "ap2 has heard them", 10, 0.1)
    evil.end()


def strangers(src, bssid, count):
    """What an access point sends on behalf of a station that wants to come
    by FT over the DS: each names one that nobody has heard of."""
    for n in range(count):
        action = b"\x06\x01\x02\x0f\xf0\0" + struct.pack("!H", n) \
            + frames.mac(bssid)
        yield frames.mac(bssid) + frames.mac(src) + b"\x89\x0d\x01\0" \
            + struct.pack("<H", len(action)) + frames.mac(bssid) + action


def test_a_station_does_not_fill_hostapds_table(site, evil):
    """It speaks as another access point does; others still join."""
    net, _judge = site.use("ft")
    lab, bssid = site.lab, net.air.radios["ap2"].mac

    def joins(mac):
        evil.begin(mac, bssid, "ft")
        lab.wait(lambda: evil.supplicant.connected(), f"{mac} joins", 30, 0.1)
    joins(evil.radio.mac)
    before = received(lab, "ap2")
    raw = netns.PacketSocket(lab.ns_name("evil"), "wlan0")
    for n, frame in enumerate(strangers(evil.radio.mac, bssid, 2100), 1):
        raw.send(frame)
        if n % 50 == 0:         # no more than the air takes
            lab.wait(lambda n=n: received(lab, "ap2") >= before + n,
                     "ap2 hears them", 20, 0.01)
    raw.close()
    records = int(net.air.aps["ap2"].status()["num_sta[0]"])
    print("stations of hostapd:", records)
    assert records < 10
    joins("02:00:00:00:0e:01")
    evil.end()


def test_radio_silent_then_at_the_other_and_at_the_same(site):
    net, judge = site.use("wpa2")
    sta, radios = net.air.stations["sta1"], net.air.radios
    for target in ("ap2", "ap2"):
        mark = sta.mark()
        radios["sta1"].hear(4)
        site.lab.wait(lambda m=mark: "CTRL-EVENT-DISCONNECTED"
                      in sta.proc.text()[m:], "sta1: out of reach", 30, 0.1)
        radios["ap2"].hear(3)
        radios["sta1"].hear(2)          # it hears ap2 only
        net.air.wait_connected("sta1", target, 40)
        judge.flows(timeout=30)
        judge.only_at(target)
        judge.kept()
    radios["sta1"].hear(1)
    for ns in net.routers:
        radios[ns].hear(1)
    judge.flows()


def test_hostapd_killed_and_started_again(site):
    net, judge = site.use("wpa2")
    ap, daemon = net.air.aps["ap1"], net.daemons["ap1"]

    def attached():
        return daemon.log().count("hostapd: wlan0: attached")
    before = attached()
    ap.stop(signal.SIGKILL)
    ap.start()
    ap.wait_up()
    net.air.wait_connected("sta1", timeout=60)
    judge.flows(timeout=30)
    judge.only_at(net.air.at["sta1"])
    # It is spoken to again: the next stale association goes.
    site.lab.wait(lambda: attached() > before, "ap1: hostapd is attached", 15,
                  0.1)
    for target in ("ap2", "ap1", "ap2"):
        if net.air.at["sta1"] != target:
            judge.roam(target)
    site.lab.wait(lambda: not ap.has(net.mac("sta1")),
                  "ap1: the stale association goes", 15, 0.1)
    judge.kept()


@pytest.mark.parametrize("role", ["engine", "frontend", "signer", "parent"])
def test_a_process_of_sroamd_killed_under_traffic(site, role):
    net, judge = site.use("wpa2")
    daemon, begin = net.daemons["ap1"], time.time_ns()
    os.kill(daemon.processes()[role], signal.SIGKILL)
    assert daemon.proc.popen.wait(30) != 0
    judge.flows()
    daemon.start()
    site.lab.wait(lambda: daemon.has_station_here(net.mac("sta1")),
                  "the station is known again", 20, 0.1)
    net.wait_peers()
    judge.flows()
    lost = judge.lost(begin, time.time_ns() - 200 * 10**6)
    assert not any(lost.values()), lost
    judge.roam("ap2")
    judge.only_at("ap2")
    judge.kept()


def test_rolling_restart_with_roams(site):
    net, judge = site.use("wpa2")
    for ns, away in (("ap2", "ap2"), ("ap1", "ap1")):
        net.daemons[ns].stop()
        net.daemons[ns].start()
        net.wait_peers()
        judge.flows()
        judge.roam(away)
        judge.only_at(away)
    judge.kept()


def cut(lab, ns, on):
    """No flooding between this router and the others."""
    args = ["tc", "-n", lab.ns_name(ns)]
    if not on:
        lab.run(*args, "qdisc", "del", "dev", "core", "clsact")
        return
    lab.run(*args, "qdisc", "add", "dev", "core", "clsact")
    for way in ("ingress", "egress"):
        for port in ("src_port", "dst_port"):
            lab.run(*args, "filter", "add", "dev", "core", way, "protocol",
                    "ip", "flower", "ip_proto", "tcp", port, "4444",
                    "action", "drop")


def test_flood_cut_for_a_minute_while_roaming_then_healed(site):
    net, judge = site.use("wpa2")
    cut(site.lab, "ap2", True)
    end = time.monotonic() + 60
    try:
        site.lab.wait(lambda: not net.daemons["ap2"].peers_up(1),
                      "ap2: the session is down", 30, 0.2)
        while time.monotonic() < end or net.air.at["sta1"] != "ap2":
            target = site.other()
            net.air.move("sta1", target)
            site.lab.wait(lambda t=target: net.daemons[t].has_station_here(
                net.mac("sta1")), f"{target} knows the station", 10)
            time.sleep(1)
    finally:
        cut(site.lab, "ap2", False)
    net.wait_peers(60)
    judge.flows(timeout=30)
    judge.only_at("ap2")
    judge.roam("ap1")
    judge.kept()
