# SPDX-License-Identifier: ISC
"""A server of TFTP (RFC 1350, 2347 to 2349) that sends texts, and remembers who
asked for what."""

import os
import select
import socket
import struct
import threading

from . import netns

RRQ, DATA, ACK, OACK = 1, 3, 4, 6
BLOCK, PATIENCE = 512, 2


class Tftp:
    def __init__(self, lab, ns, files):
        self.files, self.asked = files, []
        with netns.inside(lab.ns_name(ns)):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.bind(("", 69))
        self.ns, self.lab = ns, lab
        self.wake = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def close(self):
        os.write(self.wake[1], b"x")
        self.thread.join(10)
        self.sock.close()

    def names(self):
        return [name for name, _who in self.asked]

    def _run(self):
        with netns.inside(self.lab.ns_name(self.ns)):
            while self.wake[0] not in select.select(
                    [self.sock, self.wake[0]], [], [])[0]:
                packet, who = self.sock.recvfrom(2048)
                if packet[:2] == struct.pack("!H", RRQ):
                    self._serve(packet[2:].split(b"\0"), who)

    def _serve(self, words, who):
        name = words[0].decode("latin-1")
        self.asked.append((name, who[0]))
        text = self.files.get(name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(PATIENCE)
            s.connect(who)
            if text is None:
                s.send(struct.pack("!HH", 5, 1) + b"no such file\0")
                return
            options = dict(zip(words[2::2], words[3::2]))
            size = BLOCK
            if b"blksize" in options or b"tsize" in options:
                size = min(int(options.get(b"blksize", BLOCK)), 1400)
                accepted = b""
                if b"blksize" in options:
                    accepted += b"blksize\0" + str(size).encode() + b"\0"
                if b"tsize" in options:
                    accepted += b"tsize\0" + str(len(text)).encode() + b"\0"
                if not self._send(s, struct.pack("!H", OACK) + accepted, 0):
                    return
            for n in range(len(text) // size + 1):
                if not self._send(s, struct.pack("!HH", DATA, n + 1)
                                  + text[n * size:(n + 1) * size], n + 1):
                    return

    @staticmethod
    def _send(s, packet, number):
        """Until it is acknowledged, three times."""
        for _ in range(3):
            try:
                s.send(packet)
                while True:
                    if s.recv(2048)[:4] == struct.pack("!HH", ACK, number):
                        return True
            except OSError:
                continue
        return False
