# SPDX-License-Identifier: ISC
"""Routers written from sroam-flood(7) alone, among themselves: in memory, on a
clock of their own."""

import random
import struct

import pytest

from lab import peer2, v2
from lab.peer2_table import Datum

SEED = bytes(range(32))
MAC = "02:00:00:00:00:07"
AT = v2.location(MAC)


class World:
    """Routers, and sessions between them that take no time."""

    def __init__(self, count=2, depths=(2,), **kw):
        self.now, self.cables = 1000.0, []
        self.routers = [self.router(i, depth=depths[i % len(depths)], **kw)
                        for i in range(count)]

    def router(self, number, **kw):
        return peer2.Router(bytes([number + 1] * 32), lambda: self.now,
                            random.Random(number), name=f"p{number}", **kw)

    def join(self, a, b, tls=None):
        """a opens; what each has received, a's first."""
        one, two = a.session(True, tls), b.session(False, tls)
        self.cables.append((one, two, [b"", b""]))
        self.run()
        return one, two

    def mesh(self):
        for i, a in enumerate(self.routers):
            for b in self.routers[i + 1:]:
                self.join(a, b)

    def run(self):
        moved = True
        while moved:
            moved = False
            for one, two, got in self.cables:
                for a, b, to in ((one, two, 1), (two, one, 0)):
                    a.pump()
                    data = bytes(a.output)
                    a.output.clear()
                    if data and b.closed is None:
                        got[to] += data
                        b.feed(data)
                        moved = True
                for a, b in ((one, two), (two, one)):
                    if a.closed is not None:
                        b.close("the peer closed")
        self.cables = [c for c in self.cables if c[0].closed is None]

    def pass_time(self, seconds, step=0.5):
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + step)
            for r in self.routers:
                r.tick()
            self.run()

    def tlvs(self, session):
        """(type, body) of all that a session has received."""
        for one, two, got in self.cables:
            for s, data in ((one, got[0]), (two, got[1])):
                if s is session:
                    return v2.split(data[4:])[0]
        raise KeyError

    def clear(self):
        for cable in self.cables:
            cable[2][:] = [v2.HANDSHAKE, v2.HANDSHAKE]

    def updates(self, key):
        """How often this was received on all sessions."""
        return sum(kind in (v2.AGED, v2.COUNTED)
                   and v2.parse_update(kind, body)[0] == key
                   for one, two, _got in self.cables for s in (one, two)
                   for kind, body in self.tlvs(s))

    def tables(self):
        return [{k: (d.seqno, d.value)
                 for k, d in r.table.live(self.now).items()}
                for r in self.routers]


def unhex(text):
    return bytes.fromhex("".join(text.split()))


def is_equal(world):
    tables = world.tables()
    return all(t == tables[0] for t in tables)


def say(router, s, key, value, seqno, lifetime=1800, age=0):
    """What a peer would have said."""
    s.feed(v2.update(key, value, seqno, lifetime, age))


# The examples of the page

def test_an_identity_of_the_page():
    me = v2.Identity(SEED)
    assert me.id.hex() == "d750bf48d37463f6"
    assert v2.fingerprint(me.public).hex().startswith("d750bf48d37463f6")
    assert v2.hello(me, 0x1122334455667788, b"c", b"\xff" * 32).endswith(
        unhex("46 64 90 96 c3 e2 53 8c 4c 31 90 b6 a4 93 3c 0d"))
    assert len(v2.hello(me, 1)) == 50


def test_a_router_datum_of_the_page():
    me = v2.Identity(SEED)
    value = v2.router_value(me, 1, 0x1122334455667788, "ap1", "2.0",
                            ["10.1.1.1"])
    sent = v2.update(v2.router(me.id), value, 1, 3600, 0)
    assert sent[:20] == unhex("""03 98 00 00 00 00 00 00 00 01 00 00 0e 10
                              00 00 00 00 09 03""")
    assert sent.endswith(unhex("6b c0 90 4d eb 31 03 d1 c1 ca 6f 09"))
    assert v2.router_is_signed(v2.router(me.id), 1, value,
                               v2.router_fields(value))


def test_sums_of_the_page():
    key, mac = v2.lease4("192.168.44.17"), v2.mac_octets(MAC)
    assert v2.datum_sum(key, mac, 3, False) == 0x04613f7b20a2fe85
    assert v2.datum_sum(key, mac, 3, True) == 0xfe58b09a0f6c5a55
    assert v2.place(key) == 0x5019


def test_lists_and_refusals_of_the_page():
    me = v2.Identity(SEED).id
    assert v2.neighbours([me, bytes([2, 0, 0, 0, 0, 0, 0, 2])]) == unhex(
        "0a 11 00 02 00 00 00 00 00 00 02 d7 50 bf 48 d3 74 63 f6")
    assert v2.neighbours([]) == unhex("0a 01 00")
    assert v2.refusal(1, "denied") == unhex("0b 07 01 64 65 6e 69 65 64")


# Sessions

def test_two_join_and_know_each_other():
    w = World()
    a, b = w.routers
    one, two = w.join(a, b)
    assert one.is_up and two.is_up and one.id == b.id and two.id == a.id
    assert is_equal(w)
    assert set(w.tables()[0]) == {v2.router(a.id), v2.router(b.id)}
    kinds = [kind for kind, _body in w.tlvs(two)]
    assert kinds[:4] == [v2.HELLO, v2.NEIGHBOURS, v2.COUNTED, v2.SUMS]


def test_a_session_is_proven_by_its_exporter_and_side():
    for wrong in (None, b"role", b"exporter"):
        w = World()
        a, b = w.routers
        s = b.session(False, exporter=b"x" * 32)
        s.feed(v2.HANDSHAKE + v2.hello(
            a.identity, a.run, b"s" if wrong == b"role" else b"c",
            (b"y" if wrong == b"exporter" else b"x") * 32))
        assert s.is_up == (wrong is None)
        assert s.is_up or bytes(s.output).endswith(
            v2.refusal(v2.NOT_PROVEN, "the identity is not proven"))


@pytest.mark.parametrize("octets,code", [
    (v2.tlv(v2.HELLO, bytes(47)), None),
    (v2.tlv(v2.HELLO, bytes(48)), None),
    (v2.update(b"\2" + bytes(6), b"", 1, 1), None),
    (v2.hello(v2.Identity(bytes([2] * 32)), 5), v2.CLONE),
    (v2.hello(v2.Identity(bytes([7] * 32)), 5), v2.DENIED),
    (v2.hello(v2.Identity(bytes([8] * 32)), 5), v2.NOT_KNOWN),
    (v2.hello(v2.Identity(bytes([9] * 32)), 5), v2.OTHER_KEY)])
def test_who_is_refused(octets, code):
    ids = [v2.Identity(bytes([i] * 32)).id for i in range(10)]
    w = World()
    b = w.router(1, known=[ids[7], ids[9]], denied=[ids[7]])
    b.publics[ids[9]] = bytes(32)
    s = b.session(False)
    s.feed(v2.HANDSHAKE + octets)
    assert s.closed is not None and not b.sessions
    refusals = [body[0] for kind, body in v2.split(bytes(s.output[4:]))[0]
                if kind == v2.REFUSAL]
    assert refusals == ([] if code is None else [code])


def test_silence_ends_a_session_and_heartbeats_keep_it():
    w = World()
    one, two = w.join(*w.routers)
    w.pass_time(60)
    assert one.is_up and two.is_up
    w.cables.clear()
    w.pass_time(10)
    assert one.closed == two.closed == "silent"


@pytest.mark.parametrize("first,second", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_of_two_sessions_the_greater_identifiers_is_kept(first, second):
    w = World()
    a, b = sorted(w.routers, key=lambda r: r.id)
    pair = (a, b), (b, a)
    old = w.join(*pair[first])
    new = w.join(*pair[second])
    assert old[0].is_up == (first == 1 and second == 0)
    assert new[0].is_up != old[0].is_up
    assert len(a.sessions) == len(b.sessions) == 1


def test_a_long_list_of_neighbours_and_its_bound():
    w = World()
    one, two = w.join(*w.routers)
    ids = [struct.pack(">Q", i) for i in range(1500)]
    two.feed(v2.neighbours(ids))
    assert one.is_up and len(two.neighbours) == 1024
    two.feed(v2.tlv(v2.NEIGHBOURS, bytes([v2.REMOVE]) + ids[0]))
    two.feed(v2.tlv(v2.NEIGHBOURS, bytes([77]) + ids[1]))
    assert len(two.neighbours) == 1023


# Data

def test_every_order_of_arrival_ends_in_the_greatest():
    versions = [(1, b"\2" * 8), (2, b"\1" * 8), (2, b""), (2, b"\3" * 8),
                (v2.LATE, b"\0" * 8)]
    for seed in range(20):
        w = World()
        one, _two = w.join(*w.routers)
        told = list(versions)
        random.Random(seed).shuffle(told)
        for seqno, value in told:
            say(w.routers[0], one, AT, value, seqno)
        held = w.routers[0].table.get(AT)
        assert (held.seqno, held.value) == (v2.LATE, b"\0" * 8)
        assert held.left(w.now) == 60


def test_a_lifetime_is_extended_and_cut():
    w = World()
    a, b = w.routers
    one, _two = w.join(a, b)
    key = v2.lease4("192.168.44.17")
    say(a, one, key, v2.mac_octets(MAC), 1, 100)
    say(a, one, key, v2.mac_octets(MAC), 1, 101)
    assert a.table.get(key).left(w.now) == 100
    say(a, one, key, v2.mac_octets(MAC), 1, 102)
    assert a.table.get(key).left(w.now) == 102
    say(a, one, AT, b"", 1, 5400)
    assert a.table.get(AT).left(w.now) == 600
    say(a, one, bytes([200, 1]), b"x", 1, 2 ** 32 - 1)
    assert a.table.get(bytes([200, 1])).left(w.now) == 86400


@pytest.mark.parametrize("key,value", [
    (b"\0\1\2\3", b"\0" * 6), (b"\0\1\2\3\4", b"\0" * 5),
    (b"\2" + b"\0" * 6, b"\0" * 7), (b"\4" + b"\0" * 6, b""),
    (b"\5\x41" + b"\0" * 8, b"\0" * 6), (b"\5\x2f" + b"\0" * 8, b"\0" * 6),
    (b"\5\x38" + b"\0" * 7 + b"\1", b"\0" * 6), (b"\x80", b"\0" * 237)])
def test_malformed_data_are_counted_and_the_session_goes_on(key, value):
    w = World()
    a, _b = w.routers
    one, _two = w.join(*w.routers)
    body = struct.pack(">QIIB", 1, 60, 0, len(key)) + key + value
    one.feed(v2.tlv(v2.AGED, body[:255]))
    one.feed(v2.tlv(v2.UPDATE, bytes(20)))
    assert a.counts["malformed"] == 1 and one.is_up
    assert a.counts["update of version 1"] == 1
    assert key not in a.table.data


def test_an_old_version_is_answered_once_a_second():
    w = World()
    a, _b = w.routers
    one, two = w.join(*w.routers)
    say(a, one, AT, b"\5" * 8, 5)
    w.clear()
    for _ in range(3):
        say(a, one, AT, b"\4" * 8, 4)
        w.run()
    assert w.updates(AT) == 1 and two.router.table.get(AT).seqno == 5
    w.pass_time(1)
    say(a, one, AT, b"\4" * 8, 5)
    w.run()
    assert w.updates(AT) == 2


def test_what_one_key_may_cost():
    w = World(3)
    a, b, c = w.routers
    w.join(a, b)
    w.join(b, c)
    w.clear()
    lease = v2.lease4("192.168.44.17")
    for i in range(100):
        s = b.sessions[0]
        say(b, s, AT, bytes([i]) * 8, i)
        say(b, s, lease, bytes([i]) * 6, i)
        w.run()
    assert w.updates(AT) == 16 and w.updates(lease) == 4
    w.pass_time(2)
    assert c.table.get(AT).seqno == c.table.get(lease).seqno == 99
    assert w.updates(AT) == 17 and w.updates(lease) == 5


def test_ended_leases_are_remembered_for_a_day():
    w = World()
    one, _two = w.join(*w.routers)
    a, _b = w.routers
    lease = v2.lease4("192.168.44.17")
    for key, value in ((lease, b"\1" * 6), (AT, b"\1" * 8)):
        say(a, one, key, value, 1, 30)
        say(a, one, key, value, 2, 0)
    w.pass_time(5)
    assert a.table.get(lease).seqno == 2 and a.table.get(AT) is None
    say(a, one, lease, b"\2" * 6, 1)
    assert a.table.get(lease).value == b"\1" * 6
    w.pass_time(86400, step=3)
    assert a.table.get(lease) is None


# Digests

@pytest.mark.parametrize("depths", [(1, 1), (2, 2), (3, 3), (1, 3), (3, 1),
                                    (2, 4), (4, 2)])
@pytest.mark.parametrize("both", [False, True])
def test_a_thousand_differences_are_found(depths, both):
    w = World(depths=depths)
    a, b = w.routers
    dice = random.Random(1)
    for i in range(1500):
        key = bytes([2, 2, 0, 0, 0]) + struct.pack(">H", i)
        datum = key, dice.randbytes(8), 5, w.now + 1000
        for r in (a, b) if i >= 1000 else (a, b)[i % 2:i % 2 + 1]:
            r.table.put(Datum(*datum), w.now)
    if both:        # and a thousand of which each has another version
        for r, seqno in ((a, 5), (b, 6)):
            for i in range(1000):
                key = v2.lease4(f"10.0.{i // 256}.{i % 256}")
                r.table.put(Datum(key, bytes(6), seqno, w.now + 1000), w.now)
    w.join(a, b)
    assert is_equal(w) and len(w.tables()[0]) == 1502 + 1000 * both
    assert a.tree.sums[0] == b.tree.sums[0]


def test_few_differences_cost_little():
    w = World(depths=(2,))
    a, b = w.routers
    for r in (a, b):
        for i in range(2000):
            r.table.put(Datum(v2.lease4(f"10.0.{i >> 8}.{i & 255}"),
                              bytes(6), 1, w.now + 1000), w.now)
    a.lease4("10.9.9.9", MAC)
    w.join(a, b)
    assert is_equal(w)
    assert sum(len(got) for got in w.cables[0][2]) < 4000


def test_a_lost_update_is_repaired_by_the_round():
    w = World()
    a, b = w.routers
    w.join(a, b)
    w.pass_time(5)
    for r in (a, b):
        key = bytes([200]) + r.id
        r.table.put(Datum(key, b"x", 1, w.now + 1000), w.now)
    assert not is_equal(w)
    w.pass_time(34)
    assert is_equal(w) and bytes([200]) + a.id in w.tables()[1]


def test_rounds_in_vain_become_rare():
    w = World()
    a, b = w.routers
    one, two = w.join(a, b)
    b.longest = lambda *_: 0        # it takes nothing
    a.lease4("192.168.44.17", MAC, lifetime=10 ** 7)
    w.clear()
    w.pass_time(3600)
    rounds = [kind for kind, _b in w.tlvs(two)].count(v2.SUMMARY)
    assert one.opened and rounds < 20


def test_extended_while_away_ends_nowhere_too_early():
    w = World()
    a, b = w.routers
    key = v2.lease4("192.168.44.17")
    a.table.put(Datum(key, bytes(6), 1, w.now + 1000), w.now)
    b.table.put(Datum(key, bytes(6), 1, w.now + 100), w.now)
    w.join(a, b)
    assert b.table.get(key).left(w.now) == 100
    w.pass_time(101)
    assert b.table.get(key).left(w.now) > 800


# Router data

def test_refreshed_with_the_next_seqno_and_hops_counted():
    w = World(4)
    a, b, c, d = w.routers
    for x, y in ((a, b), (b, c), (c, d)):
        w.join(x, y)
    key = v2.router(a.id)
    assert [r.table.get(key).hops for r in w.routers] == [0, 1, 2, 3]
    w.pass_time(121)
    assert [r.table.get(key).seqno for r in w.routers] == [2] * 4
    w.join(a, d)
    w.pass_time(130)
    assert [r.table.get(key).hops for r in w.routers] == [0, 1, 2, 1]


FIELDS = {"text": (v2.NAME, b"a b"), "length": (v2.CONF, b"1234567"),
          "address": (v2.IPV4, bytes([127, 0, 0, 1])),
          "another run": (v2.RUN, bytes([7] * 8))}


def forged(how):
    """A datum of router 9 with seqno 5, to router 0."""
    me, other = v2.Identity(bytes([9] * 32)), v2.Identity(bytes([8] * 32))
    key = v2.router(me.id)
    value = v2.router_value(other if how == "another's" else me, 5, 1)
    seqno = 6 if how == "seqno" else 5
    if how == "octet":
        value = value[:3] + b"x" + value[4:]
    elif how == "no signature":
        value = value[:-66] + v2.field(99, bytes(60))
    elif how == "not the last":
        value += v2.field(99, b"")
    elif how in FIELDS:
        value = v2.field(*FIELDS[how]) + value
    return key, value, seqno


@pytest.mark.parametrize("how", [None, "octet", "seqno", "another's",
                                 "no signature", "not the last", "denied",
                                 *FIELDS])
def test_forged_router_data_are_refused(how):
    w = World(3)
    a, b, c = w.routers
    w.join(a, b)
    w.join(b, c)
    key, value, seqno = forged(how)
    if how == "denied":
        b.denied.add(key[1:])
    say(b, b.sessions[0], key, value, seqno)
    w.run()
    assert (key in b.table.data) == (key in c.table.data) == (how is None)
    assert any(k.startswith("router:") for k in b.counts) == bool(how)


def test_unknown_fields_are_covered_and_passed_on():
    w = World()
    one, _two = w.join(*w.routers)
    me = v2.Identity(bytes([9] * 32))
    value = v2.router_value(me, 5, 1, more=v2.field(99, b"new"))
    say(w.routers[0], one, v2.router(me.id), value, 5)
    assert w.routers[0].table.get(v2.router(me.id)).value == value


def test_nothing_is_played_back_for_a_day_after_its_end():
    w = World()
    a, _b = w.routers
    one, two = w.join(*w.routers)
    me = v2.Identity(bytes([9] * 32))
    key = v2.router(me.id)
    old, new = [v2.router_value(me, n, 1) for n in (5, 6)]
    say(a, one, key, new, 6, 400)
    w.pass_time(401)
    assert key not in a.table.data
    say(a, one, key, old, 5)
    say(a, one, key, new, 6)
    assert key not in a.table.data and a.counts["router: played back"] == 2
    w.now += 86400
    two.heard = one.heard = w.now
    say(a, one, key, old, 5)
    assert key in a.table.data


def test_after_a_start_it_goes_on_above_what_others_have():
    w = World()
    a, b = w.routers
    w.join(a, b)
    for _ in range(5):
        a.announce()
    w.run()
    again = w.router(0, run=a.run + 1)
    w.routers[0] = again
    w.cables.clear()
    w.join(again, b)
    w.run()
    assert again.seqno == b.table.get(v2.router(a.id)).seqno == 7
    assert not again.counts["clone"]


def test_clones_are_told_by_their_runs():
    w = World(3)
    a, b, c = w.routers
    w.join(a, b)
    clone = w.router(0, run=a.run + 1)
    w.routers.append(clone)
    w.join(clone, c)
    w.join(b, c)
    w.pass_time(300)
    assert a.is_clone and not clone.is_clone
    for r in w.routers:
        value = r.table.get(v2.router(a.id)).value
        assert v2.router_fields(value)[v2.RUN] == struct.pack(">Q", clone.run)
    assert b.counts["went back to an old run"] > 0


def test_a_clone_has_to_be_proven():
    for tls in (None, b"x" * 32):
        w = World()
        a, _b = w.routers
        for _ in range(2):
            w.join(a, w.router(0, run=2 ** 64 - 1), tls)
        assert not a.sessions and a.is_clone == (tls is not None)


@pytest.mark.parametrize("name,wins", [("a", False), ("z", True)])
def test_of_two_versions_of_a_seqno_the_greater_is_kept(name, wins):
    w = World()
    a, _b = w.routers
    one, _two = w.join(*w.routers)
    me = v2.Identity(bytes([9] * 32))
    key = v2.router(me.id)
    say(a, one, key, v2.router_value(me, 5, 1, "m"), 5)
    value = v2.router_value(me, 5, 2, name)
    say(a, one, key, value, 5)
    assert (a.table.get(key).value == value) == wins


def test_a_denied_router_goes_at_once():
    w = World()
    a, b = w.routers
    w.join(a, b)
    b.sighting(MAC)
    w.run()
    assert a.table.get(AT).value == b.id
    a.deny(b.id)
    assert not a.sessions
    assert set(a.table.data) == {v2.router(a.id)}


# The mesh

def test_in_a_mesh_every_router_hears_a_change_twice():
    w = World(5)
    w.mesh()
    w.pass_time(5)
    assert is_equal(w) and all(len(r.sessions) == 4 for r in w.routers)
    w.clear()
    w.routers[0].sighting(MAC)
    w.run()
    assert is_equal(w)
    assert w.updates(AT) == 4 + 4       # R - 1, and one by each other


def test_in_a_chain_all_is_passed_on():
    w = World(5)
    for a, b in zip(w.routers, w.routers[1:]):
        w.join(a, b)
    w.clear()
    w.routers[0].sighting(MAC)
    w.run()
    assert is_equal(w) and w.updates(AT) == 4


def test_a_session_of_the_mesh_that_ends_hides_nothing():
    """a's change did not reach b before their session ended; nobody else
    sent it to b."""
    w = World(3)
    a, b, c = sorted(w.routers, key=lambda r: r.id)
    w.mesh()
    w.pass_time(1)
    for s in a.sessions:
        if s.id == b.id:
            s.wanted = type("Hole", (dict,), {
                "__setitem__": lambda *_: None})()
    # b and c alone: b is the heir, so let c have nothing to say, either.
    for s in c.sessions:
        if s.id == b.id:
            s.wanted = type("Hole", (dict,), {
                "__setitem__": lambda *_: None})()
    a.sighting(MAC)
    w.run()
    assert c.table.get(AT) and not b.table.get(AT)
    for s in c.sessions:
        if s.id == b.id:
            s.wanted = {}
    for s in list(a.sessions):
        if s.id == b.id:
            s.close("gone")
    w.run()
    assert b.table.get(AT)


# Stations

def test_a_station_roams_and_the_former_router_yields():
    w = World()
    a, b = w.routers
    w.join(a, b)
    gone = []
    a.on_yield = gone.append
    a.sighting(MAC)
    w.pass_time(5)
    b.sighting(MAC)
    w.run()
    assert gone == [MAC] and not a.stations
    assert a.table.get(AT).value == b.id and a.table.get(AT).seqno == 2


def test_an_older_claim_is_claimed_again():
    w = World()
    a, b = w.routers
    one, _two = w.join(a, b)
    a.sighting(MAC)
    say(a, one, AT, b.id, 9, age=5000)
    w.run()
    assert a.table.get(AT).value == b.table.get(AT).value == a.id
    assert a.table.get(AT).seqno == 10
    w.pass_time(1)
    say(a, one, AT, b"", 11)
    assert a.table.get(AT).seqno == 12 and a.stations


def test_who_is_said_to_be_here_and_is_not_is_nowhere():
    w = World()
    a, b = w.routers
    one, _two = w.join(a, b)
    say(a, one, AT, a.id, 5)
    w.pass_time(1.5)
    assert a.table.get(AT).seqno == 5
    w.pass_time(1)
    assert (b.table.get(AT).seqno, b.table.get(AT).value) == (6, b"")


def test_a_younger_claim_that_loses_a_tie_is_claimed_on_its_behalf():
    w = World()
    a, b = w.routers
    one, _two = w.join(a, b)
    a.sighting(MAC)
    w.pass_time(5)
    say(a, one, AT, b"\0" * 8, a.table.get(AT).seqno, age=0)
    assert not a.stations
    held = a.table.get(AT)
    assert (held.value, held.seqno) == (b"\0" * 8, 2)


def test_late_seqnos_are_over_after_a_quiet_minute():
    w = World()
    a, b = w.routers
    one, _two = w.join(a, b)
    a.sighting(MAC)
    say(a, one, AT, b"\1" * 8, v2.LATE, age=5000)
    held = a.table.get(AT)
    assert held.seqno == v2.LATE + 1 and held.left(w.now) == 60
    w.pass_time(100)
    assert a.table.get(AT).left(w.now) > 35
    say(a, one, AT, b"\1" * 8, v2.LAST, age=500000)
    w.pass_time(90)
    assert a.table.get(AT).value == b.table.get(AT).value == a.id
    assert a.table.get(AT).seqno == 1


def test_a_location_is_refreshed_and_ends_as_nowhere():
    w = World()
    a, b = w.routers
    w.join(a, b)
    a.sighting(MAC)
    w.pass_time(5000, step=1)
    assert b.table.get(AT).seqno == 1 and b.table.get(AT).left(w.now) > 3000
    a.leave(MAC)
    w.run()
    assert b.table.get(AT).value == b"" and b.table.get(AT).seqno == 2
