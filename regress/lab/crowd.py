# SPDX-License-Identifier: ISC
"""Many stations behind one port of a router, as far as DHCP goes: each asks
for one address of its own wish and notes when it was acknowledged."""

import ipaddress
import select
import socket
import struct
import threading
import time

from . import netns

ETH_P_IP, DHCP_ACK = 0x0800, 5


def _sum(data):
    n = sum(struct.unpack(f"!{len(data) // 2}H", data))
    n = (n & 0xffff) + (n >> 16)
    return ~(n + (n >> 16)) & 0xffff


def request(mac, addr, xid):
    """A REQUEST of a station that says it had the address (INIT-REBOOT)."""
    bootp = struct.pack("!4BIHH16x", 1, 1, 6, 0, xid, 0, 0x8000)
    bootp += mac + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63"
    bootp += b"\x35\x01\x03" + b"\x32\x04" + addr + b"\xff"
    udp = struct.pack("!4H", 68, 67, 8 + len(bootp), 0) + bootp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                     bytes(4), b"\xff" * 4)
    ip = ip[:10] + struct.pack("!H", _sum(ip)) + ip[12:]
    return b"\xff" * 6 + mac + struct.pack("!H", ETH_P_IP) + ip + udp


def acknowledged(frame):
    """(MAC, address) of an ACK, or None."""
    if len(frame) < 14 + 20 + 8 + 240 or frame[12:14] != b"\x08\x00":
        return None
    at = 14 + (frame[14] & 15) * 4
    if frame[23] != 17 or frame[at:at + 2] != b"\x00\x43":
        return None
    bootp = frame[at + 8:]
    at = 240
    while at + 2 < len(bootp) and bootp[at] != 255:
        if bootp[at] == 53:
            return (bootp[28:34], bootp[16:20]) \
                if bootp[at + 2] == DHCP_ACK else None
        at += 1 if bootp[at] == 0 else 2 + bootp[at + 1]
    return None


class Crowd:
    def __init__(self, lab, router, first, every=0.004, bridge="roam0"):
        lab.veth("air", "crowd", router, "p-crowd")
        lab.ip(router, "link", "set", "p-crowd", "master", bridge, "up")
        lab.ip("air", "link", "set", "crowd", "up")
        with netns.inside(lab.ns_name("air")):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(ETH_P_IP))
            self.sock.bind(("crowd", ETH_P_IP))
        self.lab = lab
        self.first, self.every = int(ipaddress.ip_address(first)), every
        self.number, self.acked, self.stopping = 0, {}, False
        self.killed = 0.0
        self.thread = threading.Thread(target=self._run, daemon=True)
        lab.closers.append(self.close)

    def start(self):
        self.thread.start()

    def close(self):
        if self.stopping:
            return
        self.stopping = True
        if self.thread.is_alive():
            self.thread.join()
        self.sock.close()
        self.lab.ip("air", "link", "del", "crowd")

    def _run(self):
        due = time.monotonic()
        while not self.stopping:
            now = time.monotonic()
            if now >= due:
                due = now + self.every
                self._ask()
            if select.select([self.sock], [], [], due - now
                             if due > now else 0)[0]:
                got = acknowledged(self.sock.recv(2048))
                if got:
                    mac = got[0].hex(":")
                    addr = str(ipaddress.ip_address(got[1]))
                    self.acked[addr] = (mac, time.monotonic())

    def _ask(self):
        self.number += 1
        mac = b"\x06\x00" + struct.pack("!I", self.number)
        try:
            self.sock.send(request(mac, struct.pack(
                "!I", self.first + self.number), self.number))
        except OSError:         # no carrier yet
            pass

    def settle(self, kill):
        """The router is killed: what it acknowledged within the last second
        is no promise."""
        self.killed = time.monotonic()
        when = self.killed - 1
        kill()
        for addr, (_mac, t) in list(self.acked.items()):
            if t > when:
                del self.acked[addr]

    def ages(self, lost):
        """How old they were when the router was killed last; in words."""
        ages = [self.killed - self.acked[a][1] for a in lost]
        return f"{min(ages):.2f} to {max(ages):.2f} s old"

    def acked_before(self, when):
        """{address: MAC} of what was acknowledged until then."""
        return {a: m for a, (m, t) in list(self.acked.items()) if t <= when}
