# SPDX-License-Identifier: ISC
"""Access points as they are set up elsewhere: 802.1X with a server that is far
away, OWE, a repeater of 4 addresses with hosts behind it."""

import time

import pytest

from lab.fixtures import LONG
from lab.radius import Radius
from lab.topology import SERVER4, SERVER6
from lab.traffic import Traffic
from lab.wifi import EAP_USERS, WifiNetwork


@pytest.fixture
def radius(site):
    """What access points ask takes 50 ms to the server."""
    lab = site.lab
    server = Radius(lab, "server", EAP_USERS)
    for words in (
            "qdisc add dev server root handle 1: htb default 1",
            "class add dev server parent 1: classid 1:1 htb rate 1gbit",
            "class add dev server parent 1: classid 1:2 htb rate 1gbit",
            "qdisc add dev server parent 1:2 netem delay 50ms",
            "filter add dev server parent 1: protocol ip u32 match ip dport "
            f"{server.PORT} 0xffff flowid 1:2"):
        lab.run("tc", "-n", lab.ns_name("core"), *words.split())
    yield server
    lab.run("tc", "-n", lab.ns_name("core"), "qdisc", "del", "dev", "server",
            "root")
    server.proc.stop()


def there_and_back(net, judge):
    for target in ("ap2", "ap1") * 2:
        judge.roam(target)
        judge.only_at(target)
        judge.kept()


@pytest.mark.parametrize("security", [
    "eap", pytest.param("eap3", marks=LONG)])
def test_802_1x_with_a_server_far_away(site, radius, security):
    there_and_back(*site.use(security))


def test_owe(site):
    there_and_back(*site.use("owe"))


class Repeater:
    """sta1 is one, for three hosts."""
    HOSTS = [f"host{i}" for i in range(3)]

    def __init__(self, lab):
        self.lab = lab
        self.net = net = WifiNetwork(lab, source="auto")
        # The other networks are on the same channel, and have the same name.
        for radio in net.air.radios.values():
            radio.hear(128)
        net.wait_igp()
        lab.run("iw", "dev", "wlan0", "set", "4addr", "on", ns="sta1")
        lab.batch("sta1", "link add br0 type bridge mcast_snooping 0\n"
                  "link set br0 up\nlink set wlan0 master br0\n")
        net.air.start("wpa2", bridge=net.bridge, extra=["wds_sta=1"])
        net.start()
        net.wait_peers()
        net.air.wait_connected("sta1")
        for i, host in enumerate(self.HOSTS):
            lab.add_ns(host)
            lab.sysctl(host, net__ipv6__conf__default__accept_ra=2,
                       net__ipv6__conf__default__use_tempaddr=0)
            lab.veth("sta1", host, host, "wlan0",
                     mac2=f"02:00:00:00:09:{i:02x}")
            lab.batch("sta1", f"link set {host} master br0 up\n")
            lab.batch(host, "link set wlan0 up\n")
            net.client(host, "udhcpc")
        self.addrs = {h: net.wait_addresses(h) for h in self.HOSTS}

    def end(self):
        """Its radio is another's next."""
        self.net.air.stop()
        self.lab.batch("sta1", "link set wlan0 nomaster\n"
                       "link set wlan0 down\n")
        self.lab.run("iw", "dev", "wlan0", "set", "4addr", "off", ns="sta1")


@pytest.fixture
def repeater(lab):
    made = Repeater(lab)
    yield made
    made.end()


def test_hosts_behind_a_repeater_roam_with_it(lab, repeater):
    net = repeater.net
    traffic = Traffic(lab, repeater.addrs, {"server": (SERVER4, SERVER6)})
    traffic.wait_flowing()
    for target in ("ap2", "ap1") * 2:
        begin = time.monotonic_ns()
        move = net.air.move("sta1", target)
        traffic.wait_flowing()
        outcome = traffic.outcome(begin)
        print(f"roam to {target} in {move.gap_ms:.0f} ms: {outcome}")
        # Each host has a turn every 15 ms.
        assert outcome.gap_ms < move.gap_ms + 45
        for host, addrs in repeater.addrs.items():
            assert net.addresses(host) == addrs
            assert net.daemons[target].has_station_here(
                lab.ip_json(host, "link", "show", "wlan0")[0]["address"])
    traffic.close()
