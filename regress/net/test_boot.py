# SPDX-License-Identifier: ISC
"""What machines that boot by the network and phones are given: fields of BOOTP
and options, by architecture and network."""

import socket
import struct

import pytest

from lab import Network
from lab.hand import ACK, DISCOVER, GATEWAY, INFORM, OFFER, Hand, opt

PXE = bytes([1, 3, 43, 60, 66, 67])
PHONE = "L2Q=1,L2QVLAN=202"


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1, igp=None)
    net.start("r1", extra=[
        "next server 10.9.0.2", "server name boot.example.net",
        'boot file "undionly.kpxe"', 'boot file "x64.efi" arch 7',
        'boot file "bios.0" arch 0', "option 43 hex 01040a090002",
        f'option 242 text "{PHONE}" always',
        "host old lladdr 02:00:00:00:00:01 address 192.168.44.60"])
    net.start("r2")
    return net


@pytest.fixture
def hand(net, request):
    net.air.move("sta1", getattr(request, "param", "r1"))
    return Hand(net, "sta1")


def arch(*numbers):
    return opt(93, struct.pack(f"!{len(numbers)}H", *numbers))


@pytest.mark.parametrize("options, file", [
    (arch(7), b"x64.efi"), (arch(0), b"bios.0"), (arch(11), b"undionly.kpxe"),
    (arch(7, 0), b"x64.efi"), (b"", b"undionly.kpxe"),
    (opt(93, b"\7"), b"undionly.kpxe")],
    ids=["x86-64", "BIOS", "another", "a list", "none", "malformed"])
def test_the_file_is_that_of_the_architecture(hand, options, file):
    offer = hand.dhcp(DISCOVER, options + opt(55, PXE)
                      + opt(60, b"PXEClient:Arch:00007:UNDI:003016"))
    assert (offer["type"], offer["siaddr"], offer["sname"], offer["file"]) == (
        OFFER, "10.9.0.2", b"boot.example.net", file)
    assert offer["options"][67] == file
    assert offer["options"][66] == b"boot.example.net"
    assert offer["options"][43] == bytes.fromhex("01040a090002")
    # Firmware finds no gateway outside of its netmask.
    mask = int.from_bytes(offer["options"][1], "big")
    inside = {int.from_bytes(socket.inet_aton(a), "big") & mask
              for a in (offer["yiaddr"], GATEWAY)}
    named = len(options) == 4 or options == arch(7, 0)
    assert (len(inside) == 1) == named
    assert (mask == 0xffffffff) != named


def test_the_fields_are_in_every_answer_and_options_on_demand(hand):
    for kind, want in ((DISCOVER, OFFER), (INFORM, ACK), (0, 0)):
        ends = {"ciaddr": "192.168.44.77", "saddr": "192.168.44.77"} \
            if kind == INFORM else {}
        reply = hand.dhcp(kind, opt(55, b"\1\3") if kind else b"", **ends)
        assert (reply["type"], reply["siaddr"], reply["file"]) == (
            want, "10.9.0.2", b"undionly.kpxe")
        assert not {43, 66, 67} & set(reply["options"])
        # An option of a phone's own, which does not ask for it.
        assert reply["options"][242] == PHONE.encode()


@pytest.mark.parametrize("hand", ["r2"], indirect=True)
def test_nothing_is_there_where_nothing_is_configured(hand):
    offer = hand.dhcp(DISCOVER, arch(7) + opt(55, PXE + bytes([242])))
    assert (offer["type"], offer["siaddr"], offer["sname"], offer["file"]) == (
        OFFER, "0.0.0.0", b"", b"")
    assert not {43, 66, 67, 242} & set(offer["options"])
