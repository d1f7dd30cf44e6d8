# SPDX-License-Identifier: ISC
"""Somebody on a station's link who has addresses that are not his: answers
ARP requests for them, which only that station hears."""

import select
import socket
import threading

from . import netns

ETH_P_ALL = 3
MAC = bytes.fromhex("02000000bad0")
REQUEST = bytes.fromhex("0001080006040001")
REPLY = bytes.fromhex("0001080006040002")


class Squatter:
    def __init__(self, lab, stations):
        self.has, self.asked = {}, {}       # station: address (4 octets)
        self.socks, self.stopping = {}, False
        for sta in stations:
            with netns.inside(lab.ns_name("air")):
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                     socket.htons(ETH_P_ALL))
                sock.bind((sta, ETH_P_ALL))
            self.socks[sock] = sta
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def take(self, station, addr):
        self.has[station] = socket.inet_aton(addr)

    def close(self):
        if not self.stopping:
            self.stopping = True
            self.thread.join()
            for sock in self.socks:
                sock.close()

    def _run(self):
        while not self.stopping:
            for sock in select.select(list(self.socks), [], [], 0.1)[0]:
                try:
                    frame = sock.recv(2048)
                except OSError:         # a cable was pulled
                    continue
                if frame[12:14] == b"\x08\x06" and frame[14:22] == REQUEST:
                    self._answer(sock, frame)

    def _answer(self, sock, frame):
        station, mine = self.socks[sock], frame[38:42]
        if self.has.get(station) != mine or frame[22:28] == MAC:
            return
        self.asked[station] = self.asked.get(station, 0) + 1
        sock.send(frame[6:12] + MAC + b"\x08\x06" + REPLY + MAC + mine
                  + frame[22:32] + bytes(18))
