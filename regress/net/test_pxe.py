# SPDX-License-Identifier: ISC
"""A machine without a disk boots by the network: iPXE in the ROM of an emulated
machine's network card loads the file of its architecture from the next server,
through a router, and does what it says."""

import os
import shutil

import pytest

from lab import Network
from lab.fixtures import LONG
from lab.tftp import Tftp
from lab.topology import SERVER4

QEMU, ROM = "qemu-system-x86_64", "/usr/lib/ipxe/qemu/efi-virtio.rom"
MAC, ADDR = "02:00:00:00:00:d0", "192.168.44.77"
SCRIPT = b"#!ipxe\nchain tftp://${next-server}/ran-${net0/ip}-${net0/gateway}\n"


@pytest.fixture(scope="module")
def net(module_lab):
    for path in (shutil.which(QEMU) or QEMU, ROM, "/dev/net/tun"):
        if not os.path.exists(path):
            pytest.skip(path + " is missing: qemu-system-x86, ipxe-qemu")
    return Network(module_lab, routers=2, stations=1).up(extra=[
        f"next server {SERVER4}", 'boot file "boot.ipxe" arch 0',
        'boot file "no.efi" arch 7', 'boot file "none"',
        f"host diskless lladdr {MAC} address {ADDR}"])


def machine(net, station):
    """On a bridge with the station's interface."""
    net.lab.batch(station, "link add br0 type bridge\nlink set br0 up\n"
                  "link set eth0 master br0\ntuntap add tap0 mode tap\n"
                  "link set tap0 master br0\nlink set tap0 up\n")
    return net.lab.spawn(f"{station}-machine", [
        QEMU, "-M", "pc,accel=tcg,graphics=off", "-m", "64", "-nodefaults",
        "-display", "none", "-serial", "stdio", "-netdev",
        "tap,id=n,ifname=tap0,script=no,downscript=no", "-device",
        f"virtio-net-pci,netdev=n,mac={MAC},bootindex=1"], ns=station)


@LONG
def test_ipxe_boots_by_the_network(net):
    tftp = Tftp(net.lab, "server", {"boot.ipxe": SCRIPT})
    net.air.move("sta1", "r1")
    box = machine(net, "sta1")
    net.lab.wait(lambda: len(set(tftp.names())) > 1, "the script runs", 60,
                 0.2)
    box.stop()
    assert set(tftp.names()) == {"boot.ipxe", f"ran-{ADDR}-192.168.44.1"}
    assert {who for _name, who in tftp.asked} == {ADDR}
    assert net.daemons["r1"].has_station_here(MAC)
