# SPDX-License-Identifier: ISC
"""What a router of version 2 says, written from sroam-flood(7), with the right
words or the wrong ones."""

import ctypes
import hashlib
import socket
import struct

from .identity import TEXT, public_key
from .v1 import LEASE4, mac_octets

HANDSHAKE = bytes([44, 1, 0, 16])
LABEL = "EXPERIMENTAL sroam session"
CLIENT, SERVER = b"c", b"s"
DENIED, UNKNOWN, CLONE, UNPROVEN, OTHER_KEY = range(1, 6)


def sign(seed, text):
    sodium = ctypes.CDLL("libsodium.so.23")
    secret = ctypes.create_string_buffer(64)
    sodium.crypto_sign_seed_keypair(ctypes.create_string_buffer(32), secret,
                                    seed)
    signature = ctypes.create_string_buffer(64)
    sodium.crypto_sign_detached(signature, None, text,
                                ctypes.c_ulonglong(len(text)), secret)
    return signature.raw


class Router:
    """An identity, and what it says."""

    def __init__(self, seed):
        self.seed, self.key = seed, public_key(seed)
        self.id = hashlib.sha256(TEXT + self.key).digest()[:8]
        self.text = self.id.hex(":")

    def prove(self, exporter, role=CLIENT):
        return sign(self.seed, b"sroam session" + role + exporter)

    def hello(self, signature=b"", run=1, router=None, key=None):
        body = ((router or self.id) + (key or self.key)
                + struct.pack(">Q", run) + signature)
        return bytes([4, len(body)]) + body


def lease4(addr, mac, seqno=1, lifetime=1800):
    key = bytes([LEASE4]) + socket.inet_aton(addr)
    body = struct.pack(">QIIB", seqno, lifetime, 0, len(key)) + key \
        + mac_octets(mac)
    return bytes([3, len(body)]) + body
