# SPDX-License-Identifier: ISC
"""The octets of version 2, written from sroam-flood(7) alone: identities,
TLVs, keys, fields of a router, sums.  No table, no time, no I/O."""

import hashlib
import ipaddress
import socket
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey, Ed25519PublicKey)
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)

HANDSHAKE = bytes([44, 1, 0, 0x10])
VERSION_2 = 0x0010

# Types of TLVs
(PAD, PADDING, UPDATE, AGED, HELLO, HEARTBEAT, SUMMARY, SUMS, FETCH, COUNTED,
 NEIGHBOURS, REFUSAL) = range(12)
# Operations of Neighbours, and how many fit into one
NEW, ADD, REMOVE = range(3)
NEIGHBOURS_MAX = 31

# Codes of a Refusal
DENIED, NOT_KNOWN, CLONE, NOT_PROVEN, OTHER_KEY = range(1, 6)

# Kinds of data
LEASE4, LEASE6, LOCATION, ROUTER, LINKLOCAL, DELEGATED = range(6)
LEASES = {LEASE4, LEASE6, DELEGATED}
WHOSE = 8
LENGTHS = {         # octets: of the key with its kind, of the value
    LEASE4: (5, {6}), LEASE6: (9, {6}), LOCATION: (7, {0, 8}),
    ROUTER: (9, range(110, 229)), LINKLOCAL: (7, {8}), DELEGATED: (10, {6})}
DATUM_MAX = 237     # key and value

LATE = 2 ** 63      # the first late seqno
LAST = 2 ** 64 - 1
AGE_UNKNOWN = 2 ** 32 - 1

# Fields of a router
IPV4, IPV6, NAME, PROGRAM, PUBLIC, SIGNATURE, RUN, CONF = range(1, 9)
FIELDS = {IPV4: {4}, IPV6: {16}, NAME: range(64), PROGRAM: range(32),
          PUBLIC: {32}, SIGNATURE: {64}, RUN: {8}, CONF: {8}}


# Identity

def fingerprint(public):
    return hashlib.sha256(b"sroam router id" + public).digest()


def router_id(public):
    return fingerprint(public)[:8]


def session_text(role, exporter):
    return b"sroam session" + role + exporter


def router_text(key, seqno, value):
    """What the signature of a router datum is over; value without it."""
    return b"sroam router" + key + struct.pack(">Q", seqno) + value


def verify(public, signature, text):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


class Identity:
    def __init__(self, seed):
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw)
        self.id = router_id(self.public)

    def sign(self, text):
        return self.private.sign(text)


# TLVs

def tlv(kind, body=b""):
    return bytes([kind, len(body)]) + body


def split(data):
    """The whole TLVs at the begin of data, and what is left behind them."""
    found, at = [], 0
    while at < len(data):
        if data[at] == PAD:
            at += 1
            continue
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            break
        found.append((data[at], data[at + 2:at + 2 + data[at + 1]]))
        at += 2 + data[at + 1]
    return found, data[at:]


def hello(identity, run, role=None, exporter=None):
    """Signed if there is an exporter, which is under TLS."""
    body = identity.id + identity.public + struct.pack(">Q", run)
    if exporter is not None:
        body += identity.sign(session_text(role, exporter))
    return tlv(HELLO, body)


def neighbours(ids):
    """A new list, in as many TLVs as it takes."""
    ids, out, operation = sorted(ids), b"", NEW
    while ids or operation == NEW:
        some, ids = ids[:NEIGHBOURS_MAX], ids[NEIGHBOURS_MAX:]
        out += tlv(NEIGHBOURS, bytes([operation]) + b"".join(some))
        operation = ADD
    return out


def refusal(code, text):
    return tlv(REFUSAL, bytes([code]) + text.encode("ascii")[:100])


def update(key, value, seqno, lifetime, age=AGE_UNKNOWN, hops=None):
    """Aged, or counted if the hops are known."""
    body = struct.pack(">QII", seqno, lifetime, age)
    if hops is not None:
        body += bytes([hops])
    return tlv(AGED if hops is None else COUNTED,
               body + bytes([len(key)]) + key + value)


def parse_update(kind, body):
    """(key, value, seqno, lifetime, age, hops), or None."""
    head = 17 if kind == COUNTED else 16
    if len(body) < head + 1:
        return None
    seqno, lifetime, age = struct.unpack_from(">QII", body)
    hops = body[16] if kind == COUNTED else None
    length, rest = body[head], body[head + 1:]
    if not 1 <= length <= len(rest) <= DATUM_MAX:
        return None
    return rest[:length], rest[length:], seqno, lifetime, age, hops


# Data

def mac_octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def lease4(addr):
    return bytes([LEASE4]) + socket.inet_aton(addr)


def lease6(prefix):
    return bytes([LEASE6]) + socket.inet_pton(socket.AF_INET6, prefix)[:8]


def whose(lease):
    """The key of what says whose the lease with this key is."""
    return bytes([WHOSE]) + lease


def client(mac, identifier=b""):
    """Its value; without an identifier the MAC address makes one."""
    identifier = identifier or b"\1" + mac_octets(mac)
    return hashlib.sha256(identifier).digest()[:8]


def location(mac):
    return bytes([LOCATION]) + mac_octets(mac)


def router(ident):
    return bytes([ROUTER]) + ident


def has_form(key, value):
    """Is a known kind as long as it must be?  A router's fields apart."""
    if key[0] == WHOSE:
        return key[1:2] != b"" and key[1] in LEASES and \
            has_form(key[1:], bytes(6)) and len(value) == 8
    if key[0] not in LENGTHS:
        return True
    keylen, valuelens = LENGTHS[key[0]]
    if len(key) != keylen or len(value) not in valuelens:
        return False
    return key[0] != DELEGATED or delegated_has_form(key)


def delegated_has_form(key):
    if not 48 <= key[1] <= 64:
        return False
    return int.from_bytes(key[2:], "big") % (1 << (64 - key[1])) == 0


def field(kind, body):
    return bytes([kind, len(body)]) + body


def router_fields(value):
    """{type: body}, or None if the signature is not the last, or a field has
    not the form that it should have."""
    fields, at, last = {}, 0, None
    while at < len(value):
        if at + 2 > len(value) or at + 2 + value[at + 1] > len(value):
            return None
        last, body = value[at], value[at + 2:at + 2 + value[at + 1]]
        at += 2 + len(body)
        if not field_has_form(last, body) or \
                last in fields and last in (PUBLIC, SIGNATURE, RUN):
            return None
        fields[last] = body
    if last != SIGNATURE or not fields.keys() >= {PUBLIC, RUN}:
        return None
    return fields


def field_has_form(kind, body):
    if kind in FIELDS and len(body) not in FIELDS[kind]:
        return False
    if kind in (NAME, PROGRAM):
        return all(32 < c < 127 for c in body)
    if kind in (IPV4, IPV6):
        return leads_somewhere(ipaddress.ip_address(body))
    return kind != RUN or body != bytes(8)


def leads_somewhere(addr):
    return not (addr.is_unspecified or addr.is_loopback or addr.is_multicast
                or addr.is_link_local or addr == ipaddress.ip_address(
                    "255.255.255.255"))


def router_is_signed(key, seqno, value, fields):
    return verify(fields[PUBLIC], fields[SIGNATURE],
                  router_text(key, seqno, value[:-66]))


def router_value(identity, seqno, run, name="", program="", addrs4=(),
                 addrs6=(), more=b""):
    """The signed value of a router's own datum."""
    value = b"".join([field(IPV4, socket.inet_aton(a)) for a in addrs4]
                     + [field(IPV6, socket.inet_pton(socket.AF_INET6, a))
                        for a in addrs6])
    value += field(NAME, name.encode()) + field(PROGRAM, program.encode())
    value += field(PUBLIC, identity.public)
    value += field(RUN, struct.pack(">Q", run)) + more
    return value + field(SIGNATURE, identity.sign(
        router_text(router(identity.id), seqno, value)))


# Sums

MASK = 2 ** 64 - 1
SUMS_KEY = b"sroam table sums"


def _rotate(x, n):
    return (x << n | x >> (64 - n)) & MASK


def _sip_rounds(v0, v1, v2, v3, count):
    for _ in range(count):
        v0 = (v0 + v1) & MASK
        v1 = _rotate(v1, 13) ^ v0
        v0 = _rotate(v0, 32)
        v2 = (v2 + v3) & MASK
        v3 = _rotate(v3, 16) ^ v2
        v0 = (v0 + v3) & MASK
        v3 = _rotate(v3, 21) ^ v0
        v2 = (v2 + v1) & MASK
        v1 = _rotate(v1, 17) ^ v2
        v2 = _rotate(v2, 32)
    return v0, v1, v2, v3


def siphash24(data, key=SUMS_KEY):
    k0, k1 = struct.unpack("<QQ", key)
    v = (k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
         k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573)
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for word, in struct.iter_unpack("<Q", padded):
        v = _sip_rounds(*v[:3], v[3] ^ word, 2)
        v = (v[0] ^ word,) + v[1:]
    v = _sip_rounds(v[0], v[1], v[2] ^ 255, v[3], 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def datum_sum(key, value, seqno, ending):
    return siphash24(struct.pack(">BQB", ending, seqno, len(key)) + key
                     + value)


def place(key):
    return siphash24(key) >> 48
