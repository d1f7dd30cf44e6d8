# SPDX-License-Identifier: ISC
"""The table of a router of version 2: data, their order, their sums, and when
they end."""

import heapq

from . import v2

DAY, YEAR = 86400, 365 * 86400
LATE_TIME = 60      # of late seqnos
ENDING = 40         # seconds that the sums tell apart


class Datum:
    """A version: born is when the claim was made, or None; source the session
    that it came from, None if it is our own; hops from its origin, if known,
    here."""

    def __init__(self, key, value, seqno, expires, born=None, source=None,
                 hops=None):
        self.key, self.value, self.seqno = key, value, seqno
        self.expires, self.born = expires, born
        self.source, self.hops, self.arrived = source, hops, None

    def is_live(self, now):
        return self.expires > now

    def left(self, now):
        return max(0, self.expires - now)

    def forget_at(self):
        """Who had an address is remembered."""
        if self.key[0] not in v2.LEASES:
            return self.expires
        return self.expires + (DAY if self.seqno < v2.LATE else LATE_TIME)

    def encode(self, now):
        age = v2.AGE_UNKNOWN
        if self.born is not None:
            age = min(v2.AGE_UNKNOWN - 1, int((now - self.born) * 1000))
        hops = None
        if self.key[0] == v2.ROUTER and self.hops is not None:
            hops = min(255, self.hops + 1)
        return v2.update(self.key, self.value, self.seqno,
                         int(self.left(now)), age, hops)


def order(new, old, now):
    """Over 0 if new is the greater version, below if it is the lesser."""
    if (new.seqno, new.value) != (old.seqno, old.value):
        return 1 if (new.seqno, new.value) > (old.seqno, old.value) else -1
    longer = new.left(now) >= old.left(now) + 2
    return int(longer and new.key[0] != v2.ROUTER)


class Tree:
    """Sums of all nodes from the root to the leaves at level depth, and the
    keys in each leaf, of ended data too."""

    def __init__(self, depth):
        self.depth = depth
        self.sums = [[0] * 16 ** n for n in range(depth + 1)]
        self.keys = [set() for _ in range(16 ** depth)]

    def add(self, place, amount):
        for level, sums in enumerate(self.sums):
            i = place >> (16 - 4 * level)
            sums[i] = (sums[i] + amount) & v2.MASK

    def leaf(self, place):
        return self.keys[place >> (16 - 4 * self.depth)]

    def below(self, level, index):
        """The keys of all leaves below a node, or of the one that it is in."""
        if level > self.depth:
            return self.leaf(index << (16 - 4 * level))
        width = 16 ** (self.depth - level)
        return set().union(*self.keys[index * width:(index + 1) * width])


class Table:
    def __init__(self, depth):
        self.data, self.tree = {}, Tree(depth)
        self.counted = {}       # key: its place, what the sums have of it
        self.timers = []        # (time, key)

    def get(self, key):
        return self.data.get(key)

    def live(self, now):
        return {k: d for k, d in self.data.items() if d.is_live(now)}

    def put(self, datum, now):
        self.data[datum.key] = datum
        self._count(datum.key, now)
        for when in (datum.expires - ENDING, datum.expires,
                     datum.forget_at()):
            if when > now:
                heapq.heappush(self.timers, (when, datum.key))

    def remove(self, key):
        if self.data.pop(key, None) is None:
            return
        self._count(key, 0)
        self.tree.leaf(self.counted.pop(key)[0]).discard(key)

    def tick(self, now):
        while self.timers and self.timers[0][0] <= now:
            _when, key = heapq.heappop(self.timers)
            datum = self.get(key)
            if datum is not None and datum.forget_at() <= now:
                self.remove(key)
            elif datum is not None:
                self._count(key, now)

    def _count(self, key, now):
        """Brings the sums up to date with one datum."""
        datum, amount = self.get(key), 0
        place, before = self.counted.get(key) or (v2.place(key), 0)
        if datum is not None and datum.is_live(now):
            amount = v2.datum_sum(key, datum.value, datum.seqno,
                                  datum.left(now) <= ENDING)
        self.tree.add(place, amount - before)
        self.tree.leaf(place).add(key)
        self.counted[key] = place, amount
