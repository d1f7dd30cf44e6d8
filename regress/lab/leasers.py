# SPDX-License-Identifier: ISC
"""Many stations behind one interface: each leases an address by DHCP, renews
it, and asks again when it is refused, as RFC 2131 4.4 has it; and answers who
asks for its address by ARP."""

import random
import socket
import struct
import threading
import time

from . import netns

DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
COOKIE = bytes([99, 130, 83, 99])
SO_SNDBUFFORCE, SO_RCVBUFFORCE, ROOM = 32, 33, 8 << 20


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Crowd:
    def __init__(self, lab, ns, ifname, number, count):
        self.macs = [struct.pack(">BBBBH", 2, 0, 0xbb, number, i)
                     for i in range(count)]
        self.ours = set()                   # at the last lease or renew
        self.addr, self.naks, self.sent = {}, 0, 0      # mac: address
        with netns.inside(lab.ns_name(ns)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(0x0800))
            self.sock.bind((ifname, 0x0800))
            for option in SO_SNDBUFFORCE, SO_RCVBUFFORCE:
                self.sock.setsockopt(socket.SOL_SOCKET, option, ROOM)
            self.arp = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                     socket.htons(0x0806))
            self.arp.bind((ifname, 0x0806))
        self.sock.settimeout(0.05)
        self.arp.settimeout(0.2)
        self.closed = False
        self.thread = threading.Thread(target=self._answer, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def close(self):
        self.closed = True
        self.thread.join()
        self.sock.close()
        self.arp.close()

    def _answer(self):
        """ARP requests for an address of one of them, to it or to all."""
        while not self.closed:
            try:
                data = self.arp.recv(128)
            except TimeoutError:
                continue
            if len(data) < 42 or data[20:22] != b"\0\1":
                continue
            who = [mac for mac, addr in list(self.addr.items())
                   if addr == data[38:42]]
            if who and data[:6] in (who[0], b"\xff" * 6):
                self.arp.send(data[6:12] + who[0] + data[12:20] + b"\0\2"
                              + who[0] + data[38:42] + data[22:32])

    def _send(self, *args, **kw):
        self.sock.send(self._frame(*args, **kw))
        self.sent += 1

    def _frame(self, mac, kind, ciaddr=b"\0" * 4, options=b""):
        src = ciaddr
        bootp = struct.pack(">BBBBIHH4s4s4s4s16s192s", 1, 1, 6, 0,
                            random.getrandbits(32), 0, 0x8000, ciaddr,
                            b"", b"", b"", mac, b"")
        bootp += COOKIE + bytes([53, 1, kind]) + options + b"\xff"
        udp = struct.pack(">HHHH", 68, 67, 8 + len(bootp), 0) + bootp
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64,
                         17, 0, src, b"\xff" * 4)
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        return b"\xff" * 6 + mac + b"\x08\x00" + ip + udp

    def _reply(self):
        """(mac, kind, yiaddr, server) or None."""
        try:
            data = self.sock.recv(2048)
        except TimeoutError:
            return None
        if data[23] != 17 or data[36:38] != b"\0\x44":
            return ()
        bootp = data[42:]
        kind, server, at = 0, b"", 240
        while at < len(bootp) and bootp[at] != 255:
            if bootp[at] == 0:
                at += 1
                continue
            body = bootp[at + 2:at + 2 + bootp[at + 1]]
            if bootp[at] == 53:
                kind = body[0]
            elif bootp[at] == 54:
                server = body
            at += 2 + len(body)
        return bootp[28:34], kind, bootp[16:20], server

    def _take(self, reply):
        mac, kind, yiaddr, server = reply
        if mac not in self.ours:
            return
        if kind == OFFER and mac not in self.addr:
            self._send(mac, REQUEST, options=bytes([50, 4]) + yiaddr
                       + bytes([54, 4]) + server)
        elif kind == ACK:
            self.addr[mac] = yiaddr
            self.renewed.add(mac)
        elif kind == NAK:
            self.naks += 1
            self.addr.pop(mac, None)

    def _drain(self):
        while True:
            reply = self._reply()
            if reply is None:
                return
            if reply:
                self._take(reply)

    def lease(self, timeout=20):
        """Until every station has an address."""
        self.renewed, due = set(), dict.fromkeys(self.macs, 0)
        self.ours = set(self.macs)
        end = time.monotonic() + timeout
        while len(self.addr) < len(self.macs) and time.monotonic() < end:
            for mac in self.macs:
                if mac not in self.addr and time.monotonic() >= due[mac]:
                    due[mac] = time.monotonic() + 1
                    self._send(mac, DISCOVER)
            self._drain()
        return len(self.addr)

    def renew(self, timeout=20):
        """All renew; who is refused asks for another address."""
        self.renewed, due = set(), dict.fromkeys(self.macs, 0)
        self.ours = set(self.macs)
        end = time.monotonic() + timeout
        while len(self.renewed) < len(self.macs) and time.monotonic() < end:
            for mac in self.macs:
                # No station asks more often, and who does is limited.
                if mac in self.renewed or time.monotonic() < due[mac]:
                    continue
                due[mac] = time.monotonic() + 0.5
                addr = self.addr.get(mac)
                if addr:
                    self._send(mac, REQUEST, ciaddr=addr)
                else:
                    self._send(mac, DISCOVER)
            self._drain()
        return len(self.renewed)

    def table(self):
        return {mac.hex(":"): socket.inet_ntoa(addr)
                for mac, addr in self.addr.items()}
