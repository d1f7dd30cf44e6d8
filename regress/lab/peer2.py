# SPDX-License-Identifier: ISC
"""A whole router of version 2, written from sroam-flood(7) alone: what a
second implementation needs.  Octets and time go in, octets come out; v2 has
the octets, peer2_table and peer2_session what they say, peer2_node sockets and
TLS.

Not here: version 1, a link layer and so the start of CLAIMS, the cost of
verification, most LIMITS."""

import collections
import hashlib
import heapq
import random
import struct
import time

from . import v2
from .peer2_session import Bucket, ROUND, Refused, Session
from .peer2_table import DAY, Datum, LATE_TIME, Table, YEAR, order

LOCATION_TIME, NOWHERE_TIME, ROUTER_TIME = 5400, 600, 3600
REFRESH_LATE, ANNOUNCE, MISTAKEN, NEAR_END = 20, 120, 2, 300


class Router:
    def __init__(self, seed, clock=time.monotonic, rand=None, run=None,
                 name="peer2", addrs4=(), addrs6=(), depth=2, known=None,
                 denied=(), longest_lease=YEAR):
        self.identity, self.clock = v2.Identity(seed), clock
        self.id, self.random = self.identity.id, rand or random.Random()
        self.run = run or self.random.getrandbits(64) or 1
        self.name, self.addrs4, self.addrs6 = name, addrs4, addrs6
        self.known, self.denied = known, set(denied)
        self.longest_lease = longest_lease
        self.table = Table(depth)
        self.tree = self.table.tree
        self.sessions = []
        self.counts = collections.Counter()
        self.publics = {}       # identifier: the public key it is known with
        self.runs = {}          # identifier: the runs it had, the last last
        self.highest = collections.OrderedDict()    # id: seqno, until, datum
        self.verified = collections.OrderedDict()   # hashes of good ones
        self.buckets, self.held, self.answered = {}, [], {}
        self.stations = {}      # MAC address: when it was last seen to join
        self.refreshes, self.due = [], {}   # (time, key); key: its time
        self.mistaken = []      # (time, key)
        self.on_yield = lambda mac: None
        self.seqno, self.others_heard, self.is_clone = 0, 0, False
        self.announce_at = None
        self.announce()

    def count(self, what):
        self.counts[what] += 1

    def admits(self, ident):
        return ident not in self.denied and (
            self.known is None or ident in self.known or ident == self.id)

    def deny(self, ident):
        self.denied.add(ident)
        for s in [s for s in self.sessions if s.id == ident]:
            s.close("denied", v2.DENIED)
        for key, d in list(self.table.data.items()):
            if key == v2.router(ident) or \
                    key[0] == v2.LOCATION and d.value == ident:
                self.table.remove(key)

    # Sessions

    def session(self, opened, exporter=None, names=None):
        s = Session(self, opened, exporter, names)
        self.sessions.append(s)
        return s

    def greet(self, ident, public, run, proven):
        """May a router with this Hello stay?  Of runs only one counts that is
        proven, as anybody can say the other."""
        if self.publics.get(ident, public) != public:
            raise Refused(v2.OTHER_KEY, "known with another public key")
        if ident == self.id:
            if run == self.run:
                raise Refused(None, "connected to ourselves")
            if proven:
                self.heard_ourselves(run)
            raise Refused(v2.CLONE, "another router has this identity")
        if ident in self.denied:
            raise Refused(v2.DENIED, "denied")
        if not self.admits(ident):
            raise Refused(v2.NOT_KNOWN, "not a known router")
        self.publics[ident] = public
        self.heard_run(ident, run)

    def heard_run(self, ident, run):
        runs = self.runs.setdefault(ident, collections.deque(maxlen=8))
        if runs and run in list(runs)[:-1] and run != runs[-1]:
            self.count("went back to an old run")
        if not runs or runs[-1] != run:
            runs.append(run)

    def heard_ourselves(self, run):
        """Once may be our former run; twice is a clone."""
        self.others_heard += 1
        if self.others_heard < 2:
            return
        self.count("clone")
        if run > self.run and not self.is_clone:
            self.is_clone = True
            for mac in list(self.stations):
                self.leave(mac.hex(":"))

    def session_up(self, s):
        for other in self.sessions:
            if other is not s and other.is_up and \
                    (other.id, other.run) == (s.id, s.run):
                self._keep_one(other, s)
                break
        if not s.is_up:
            return
        for other in self.sessions:
            if other is not s and other.is_up:
                other.send(v2.tlv(v2.NEIGHBOURS, bytes([v2.ADD]) + s.id))
        s.send(v2.neighbours(self.neighbours()))
        s.want(v2.router(self.id))
        if s.opened:
            s.digest(v2.SUMS, 0, 0)
            s.next_round = self.clock() + self.random.uniform(*ROUND)

    def _keep_one(self, old, new):
        """Of two sessions with one router."""
        def opener(s):
            return self.id if s.opened else s.id
        loses = old if opener(new) >= opener(old) else new
        loses.close("a second session with this router")

    def neighbours(self):
        return {s.id for s in self.sessions if s.is_up}

    def session_down(self, s, was_up):
        self.sessions.remove(s)
        if not was_up or s.id in self.neighbours():
            return
        for p in [p for p in self.sessions if p.is_up]:
            p.send(v2.tlv(v2.NEIGHBOURS, bytes([v2.REMOVE]) + s.id))
            if p.opened and s.id in p.neighbours:
                p.hint()

    def neighbours_lost(self, s, ids):
        """s has no session with these any more; either may lack something."""
        for p in self.sessions:
            if p.is_up and p is not s and p.id in ids:
                p.hint()
                s.hint()

    # Relaying

    def heirs(self, source):
        """The sessions that get what came from this one."""
        up = [s for s in self.sessions if s.is_up and s is not source]
        if source is None or not source.is_up:
            return up
        have = [p for p in up if p.id in source.neighbours
                and source.id in p.neighbours]
        if have:
            have.remove(min(have, key=lambda p: self._behind(p.id)))
        return [p for p in up if p not in have]

    def _behind(self, ident):
        """How far it is behind our own in the circle of identifiers."""
        return (int.from_bytes(ident, "big")
                - int.from_bytes(self.id, "big")) & v2.MASK

    def flood(self, datum, at_once=False):
        now = self.clock()
        if datum.source is not None:
            datum.source.wanted.pop(datum.key, None)
        if not at_once and not self._may_flood(datum.key, now):
            return
        for s in self.heirs(datum.source):
            s.want(datum.key)

    def _may_flood(self, key, now):
        """16 changes of a location at once and then two a second; of others
        four, and one in two seconds.  The next one is sent later."""
        rate = (16, 2) if key[0] == v2.LOCATION else (4, 0.5)
        bucket, waits = self.buckets.setdefault(key, (Bucket(*rate), []))
        if waits:
            return False
        if bucket.take(now):
            return True
        waits.append(key)
        heapq.heappush(self.held, (bucket.when(), key))
        return False

    def _release(self, now):
        while self.held and self.held[0][0] <= now:
            _when, key = heapq.heappop(self.held)
            bucket, waits = self.buckets[key]
            waits.clear()
            bucket.fill(now)
            bucket.level = max(bucket.level, 1)
            datum = self.table.get(key)
            if datum is not None:
                self.flood(datum)

    def _forget_buckets(self, now):
        for key, (bucket, waits) in list(self.buckets.items()):
            bucket.fill(now)
            if bucket.level >= bucket.burst and not waits:
                del self.buckets[key]

    def answer(self, s, held):
        """Its version lost: say so, a key once a second."""
        now = self.clock()
        if now - self.answered.get(held.key, -1) < 1:
            return
        if s.answers.take(now):
            self.answered[held.key] = now
            self.count("answers")
            s.want(held.key)

    # What arrives

    def take(self, s, key, value, seqno, lifetime, age, hops):
        if not v2.has_form(key, value):
            self.count("malformed")
            return
        now = self.clock()
        if seqno >= v2.LATE:
            self.count("late")
        lifetime = min(lifetime, self.longest(key, value, seqno))
        new = Datum(key, value, seqno, now + lifetime,
                    None if age == v2.AGE_UNKNOWN else now - age / 1000, s,
                    hops)
        old = self.table.get(key)
        if key[0] == v2.ROUTER:
            self._take_router(s, new, old, now)
            return
        if key[0] == v2.LOCATION and value and not self.admits(value):
            self.count("of a router that is not admitted")
            return
        if old is None:
            if lifetime == 0:
                return
        elif order(new, old, now) < 0 and not self._tied(new, old):
            self.answer(s, old)
            return
        elif order(new, old, now) == 0:
            return
        if key[0] == v2.LOCATION and key[1:] in self.stations:
            self._station_claimed(new, old, now)
            return
        if key[0] == v2.LOCATION and value == self.id:
            heapq.heappush(self.mistaken, (now + MISTAKEN, key))
        self.store(new)

    def longest(self, key, value, seqno):
        if seqno >= v2.LATE:
            return LATE_TIME
        if key[0] in v2.LEASES:
            return self.longest_lease
        if key[0] == v2.LOCATION and not value:
            return NOWHERE_TIME
        if key[0] == v2.WHOSE:
            return self.longest_lease + DAY
        return {v2.LOCATION: LOCATION_TIME, v2.LINKLOCAL: LOCATION_TIME,
                v2.ROUTER: ROUTER_TIME}.get(key[0], DAY)

    def store(self, datum, at_once=False):
        datum.arrived = self.clock()
        if datum.forget_at() <= datum.arrived:
            self._end(datum)
            return
        self.table.put(datum, datum.arrived)
        self.flood(datum, at_once)

    def _end(self, datum):
        """An end that nothing remembers is passed on at once, or not."""
        self.table.remove(datum.key)
        if self._may_flood(datum.key, datum.arrived):
            for s in self.heirs(datum.source):
                s.send(datum.encode(datum.arrived))

    # Router data

    def _take_router(self, s, new, old, now):
        ident = new.key[1:]
        if old is not None and (old.seqno, old.value) == (new.seqno,
                                                          new.value):
            self._another_copy(old, new)
            return
        why = self._bad_router(ident, new)
        if why is None and ident != self.id and new.left(now) < NEAR_END:
            why = "near its end"
        if why:
            self.count("router: " + why)
            return
        if self._is_played_back(new, old, now):
            self.count("router: played back")
            if old is not None:
                self.answer(s, old)
            else:
                self._remind(s, new, now)
            return
        if old is None and not new.is_live(now):
            return
        fields = v2.router_fields(new.value)
        if not self._is_signed(new, fields):
            self.count("router: wrong signature")
            return
        run = struct.unpack(">Q", fields[v2.RUN])[0]
        if ident == self.id and self._is_own_router(new, run):
            return
        self.heard_run(ident, run)
        self.publics[ident] = fields[v2.PUBLIC]
        self._remember(new, now)
        self.store(new)

    def _is_played_back(self, new, old, now):
        """Two versions of one seqno are a clone's; the greater one wins."""
        if old is not None:
            return order(new, old, now) <= 0
        return new.seqno <= self._highest(new.key[1:], now)

    def _remind(self, s, new, now):
        """It has forgotten its last seqno: send it what it said."""
        last = self.highest[new.key[1:]][2]
        if new.seqno < last.seqno and \
                now - self.answered.get(last.key, -1) >= 1:
            self.answered[last.key] = now
            s.send(last.encode(now))

    @staticmethod
    def _another_copy(held, new):
        """The least number of hops is the distance."""
        if held.hops is not None and new.hops is not None and \
                held.source is not None:
            held.hops = min(held.hops, new.hops)

    def _bad_router(self, ident, new):
        fields = v2.router_fields(new.value)
        if fields is None:
            return "fields"
        if v2.router_id(fields[v2.PUBLIC]) != ident:
            return "another's key"
        if not self.admits(ident):
            return "not admitted"
        if self.publics.get(ident, fields[v2.PUBLIC]) != fields[v2.PUBLIC]:
            return "another key"
        return None

    def _is_signed(self, new, fields):
        """The same octets are verified once."""
        mark = hashlib.sha256(new.key + struct.pack(">Q", new.seqno)
                              + new.value).digest()
        if mark not in self.verified:
            self.verified[mark] = v2.router_is_signed(
                new.key, new.seqno, new.value, fields)
            if len(self.verified) > 1024:
                self.verified.popitem(last=False)
        return self.verified[mark]

    def _highest(self, ident, now):
        seqno, until, _last = self.highest.get(ident, (-1, now + 1, None))
        return seqno if until > now else -1

    def _remember(self, datum, now):
        late = datum.seqno >= v2.LATE
        self.highest[datum.key[1:]] = datum.seqno, \
            datum.expires + (LATE_TIME if late else DAY), datum
        self.highest.move_to_end(datum.key[1:])
        while next(iter(self.highest.values()))[1] <= now:
            self.highest.popitem(last=False)

    def _is_own_router(self, new, run):
        """We made it, before our start, or a clone did, to which we may have
        to leave it."""
        if run != self.run:
            self.heard_ourselves(run)
        if self.is_clone:
            return False
        self.seqno = new.seqno
        self.announce()
        return True

    def announce(self):
        if self.is_clone:
            return
        now = self.clock()
        self.seqno += 1
        value = v2.router_value(self.identity, self.seqno, self.run,
                                self.name, "peer2", self.addrs4, self.addrs6)
        self.announce_at = now + ANNOUNCE
        datum = Datum(v2.router(self.id), value, self.seqno,
                      now + ROUTER_TIME, now, hops=0)
        self._remember(datum, now)
        self.store(datum)

    # What we say ourselves

    def put(self, key, value, lifetime, born=None, at_once=False, above=0):
        """The next version of a datum, whose seqno is above the one held and
        this; None if there is none behind the last seqno."""
        now, old = self.clock(), self.table.get(key)
        seqno = max(above, old.seqno if old is not None else 0) + 1
        if seqno > v2.LAST:
            return None
        if seqno >= v2.LATE:
            lifetime = min(lifetime, LATE_TIME)
        datum = Datum(key, value, seqno, now + lifetime,
                      now if born is None else born)
        self.store(datum, at_once)
        return datum

    def lease4(self, addr, mac, lifetime=1800, identifier=b""):
        """To the client with this identifier, which is said first."""
        key = v2.lease4(addr)
        held = self.table.get(key)
        seqno = held.seqno + 1 if held is not None else 1
        value, said = v2.client(mac, identifier), self.whose(addr)
        if value != v2.client(mac) or said not in (None, value):
            self.put(v2.whose(key), value, lifetime + DAY, above=seqno - 1)
        return self.put(key, v2.mac_octets(mac), lifetime)

    def whose(self, addr):
        """What counts for the lease of the address, or None."""
        now, key = self.clock(), v2.lease4(addr)
        lease, held = self.table.get(key), self.table.get(v2.whose(key))
        if lease is None or held is None or not held.is_live(now) or \
                held.seqno < lease.seqno:
            return None
        return held.value

    def is_of(self, addr, mac, identifier=b""):
        """Whether the client has the address, by what is known here."""
        lease = self.table.get(v2.lease4(addr))
        return lease is not None and lease.is_live(self.clock()) and \
            lease.value == v2.mac_octets(mac) and \
            v2.client(mac, identifier) == (self.whose(addr)
                                           or v2.client(mac))

    def sighting(self, mac):
        """The station is here, by the link layer."""
        key, now = v2.location(mac), self.clock()
        self.stations[key[1:]] = now
        held = self.table.get(key)
        if held is None or held.value != self.id or not held.is_live(now):
            self._claim(key)

    def _claim(self, key, above=0):
        self.put(key, self.id, LOCATION_TIME, at_once=True, above=above)
        self._refresh_later(key)

    def _refresh_later(self, key):
        held = self.table.get(key)
        late = held is not None and held.seqno >= v2.LATE
        when = self.clock() + (REFRESH_LATE if late else LOCATION_TIME / 2)
        self.due[key] = when
        heapq.heappush(self.refreshes, (when, key))

    def leave(self, mac):
        key = v2.location(mac)
        if self.stations.pop(key[1:], None) is not None:
            self.put(key, b"", NOWHERE_TIME, at_once=True)

    def _refresh(self, now):
        while self.refreshes and self.refreshes[0][0] <= now:
            when, key = heapq.heappop(self.refreshes)
            if self.due.get(key) != when or key[1:] not in self.stations:
                continue
            held = self.table.get(key)
            if held is None or held.value != self.id:
                self._claim(key)
                continue
            lifetime = self.longest(key, self.id, held.seqno)
            self.store(Datum(key, self.id, held.seqno, now + lifetime,
                             held.born), at_once=True)
            self._refresh_later(key)

    def _correct(self, now):
        """Who is said to be here, and is not, is nowhere."""
        while self.mistaken and self.mistaken[0][0] <= now:
            _when, key = heapq.heappop(self.mistaken)
            held = self.table.get(key)
            if held is not None and held.value == self.id and \
                    key[1:] not in self.stations:
                self.put(key, b"", NOWHERE_TIME, at_once=True)

    def _tied(self, new, held):
        """Another has a station of ours by the same seqno."""
        return new.key[0] == v2.LOCATION and new.seqno == held.seqno and \
            new.key[1:] in self.stations

    def _station_claimed(self, new, held, now):
        """Somebody says that a station of ours is elsewhere: the table in
        CLAIMS."""
        if new.value == self.id:
            self.store(new)
            return
        joined = self.stations[new.key[1:]]
        if new.value and (new.born is None or new.born > joined):
            wins = held is None or order(new, held, now) > 0
            del self.stations[new.key[1:]]
            self.on_yield(new.key[1:].hex(":"))
            if wins:
                self.store(new)
            else:
                self.put(new.key, new.value, new.left(now), new.born)
            return
        if new.seqno == v2.LAST:
            self.store(new)
            return
        self._claim(new.key, above=new.seqno)

    # Time

    def tick(self):
        now = self.clock()
        self.table.tick(now)
        if now >= self.announce_at:
            self.announce()
        self._refresh(now)
        self._correct(now)
        self._release(now)
        for s in list(self.sessions):
            s.tick(now)
        self._forget_buckets(now)
        self.answered = {k: t for k, t in self.answered.items()
                         if now - t < 1}
