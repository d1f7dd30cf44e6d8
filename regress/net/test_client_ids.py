# SPDX-License-Identifier: ISC
"""Clients of DHCP that share a MAC address: two systems of one machine, or the
hosts behind a repeater.  Each has addresses of its own, all are reached, and
every router knows whose each is."""

import pytest

from lab import Network
from lab.byhand import ACK, NAK, ByHand
from lab.topology import SERVER4

LINUX = bytes.fromhex("ff0102030405")
PXE = b"\0" + bytes(range(16))
EXTRA = ["host srv client hex ff0a0b0c0d address 192.168.44.70",
         'host cam client text "camera" address 192.168.44.77',
         'host door client text "door" address 192.168.44.78',
         "host box lladdr 02:00:00:00:00:02 address 192.168.44.80"]


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=3).up(extra=EXTRA)
    for sta in net.stations:
        net.air.move(sta, "r1")
    return net


def use(net, station, *addrs):
    """The addresses are the station's, as those of two clients would be."""
    net.lab.batch(station, "addr flush dev eth0 scope global\n" + "".join(
        f"addr replace {a}/32 dev eth0\n" for a in addrs)
        + "route replace 192.168.44.1 dev eth0\n"
        "route replace default via 192.168.44.1\n")


def reached(net, *addrs):
    for addr in addrs:
        net.lab.ping("server", addr, 10)


def owners(net, router):
    return {r["prefix"].split("/")[0]: r["mac"]
            for r in net.daemons[router].show("leases")
            if r["state"] == "valid"}


def test_two_clients_of_one_mac_roam_together(net):
    clients = [ByHand(net, "sta1", c) for c in (b"", LINUX)]
    a, b = (c.lease() for c in clients)
    assert a and b and a != b
    use(net, "sta1", a, b)
    reached(net, a, b)
    net.lab.wait(lambda: {a, b} <= set(owners(net, "r2")), "at r2", 5)
    net.air.move("sta1", "r2")
    net.lab.ping("sta1", SERVER4)
    reached(net, a, b)
    assert [c.again(x) for c in clients for x in (a, b)] == [
        ACK, NAK, NAK, ACK]
    third = ByHand(net, "sta1", PXE)
    c = third.lease()
    assert c and c not in (a, b)
    assert [x.lease() for x in (*clients, third)] == [a, b, c]
    assert {m for x, m in owners(net, "r1").items() if x in (a, b)} == {
        net.mac("sta1")}


def test_an_identifier_that_repeats_the_mac_is_none(net):
    own = ByHand(net, "sta1", b"\1" + bytes.fromhex(
        net.mac("sta1").replace(":", "")))
    assert own.lease() == ByHand(net, "sta1").lease()


def test_a_reservation_is_for_its_client_alone(net):
    srv = ByHand(net, "sta1", bytes.fromhex("ff0a0b0c0d"))
    assert srv.lease() == "192.168.44.70"
    for client in b"", LINUX, PXE:
        other = ByHand(net, "sta1", client)
        assert other.again("192.168.44.70") == NAK
        assert other.lease() not in (None, "192.168.44.70")
    assert srv.again("192.168.44.70") == ACK
    # Nor for another station that shows its identifier.
    assert ByHand(net, "sta3", srv.client).lease() != "192.168.44.70"


@pytest.mark.parametrize("client,addr", [
    (b"camera", "192.168.44.77"), (b"\0camera", "192.168.44.77"),
    (b"\0door", "192.168.44.78"), (b"door", "192.168.44.78")])
def test_a_text_is_sent_in_two_ways(net, client, addr):
    """dhclient sends it alone, NetworkManager and others with type 0."""
    who = ByHand(net, "sta3", client)
    assert who.lease() == addr
    assert ByHand(net, "sta3", b"\1" + client).lease() != addr


def test_a_reservation_by_mac_is_for_any_client_of_it(net):
    """As PXE and the system that it starts expect."""
    for client in PXE, b"", LINUX:
        assert ByHand(net, "sta2", client).lease() == "192.168.44.80"


def test_a_mac_has_so_many_addresses(net):
    """By ever new identifiers: no more than the limit."""
    before = net.daemons["r1"].show("interfaces")[0]["dhcp_address_limit"]
    for i in range(12):
        ByHand(net, "sta3", b"\xff\xee" + bytes([i])).ask(
            1, options=b"\x50\0", tries=1, wait=0.5)
    mine = [a for a, m in owners(net, "r1").items()
            if m == net.mac("sta3") and "." in a]
    assert len(mine) == 8
    assert net.daemons["r1"].show("interfaces")[0][
        "dhcp_address_limit"] > before
