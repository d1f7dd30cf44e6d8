# SPDX-License-Identifier: ISC
"""Identities whose ids stand in the order that a test wants: the same for the
same first octet, whenever it is asked for."""

import ctypes
import functools
import hashlib
import itertools

OCTETS = 32
TEXT = b"sroam router id"


def public_key(seed):
    sodium = ctypes.CDLL("libsodium.so.23")
    public = ctypes.create_string_buffer(32)
    secret = ctypes.create_string_buffer(64)
    sodium.crypto_sign_seed_keypair(public, secret, seed)
    return public.raw


def fingerprint(seed):
    """32 octets, of which the first 8 are the id."""
    return hashlib.sha256(TEXT + public_key(seed)).digest()


def router_id(seed):
    return fingerprint(seed)[:8].hex(":")


@functools.lru_cache(None)
def identity_with(first):
    """The octets of an identity file; the id's first octet is this one."""
    for n in itertools.count():
        seed = hashlib.sha256(b"lab identity %d %d" % (first, n)).digest()
        if fingerprint(seed)[0] == first:
            return seed
