# SPDX-License-Identifier: ISC
"""A session of version 2: `feed` takes what was received, `output` has what is
to be sent, and what it means for the table is the router's matter."""

import struct

from . import v2

SILENCE, HEARTBEAT, BEGIN = 10, 3, 10
OUTPUT_MAX = 65536
NEIGHBOURS_MAX = 1024
ROUND = 25, 33
LEFT_OUT = 0, 0, 1, 3, 7, 15        # rounds, after so many in vain


class Refused(Exception):
    """Ends a session, with a Refusal if there is a code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Bucket:
    """So many at once, then so many a second."""

    def __init__(self, burst, rate):
        self.burst, self.rate, self.level, self.at = burst, rate, burst, None

    def fill(self, now):
        if self.at is not None:
            self.level = min(self.burst,
                             self.level + (now - self.at) * self.rate)
        self.at = now

    def take(self, now):
        self.fill(now)
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def when(self):
        """The time of the next one."""
        return self.at + (1 - self.level) / self.rate


class Session:
    """names: the identifiers that TLS allows the peer, None for any."""

    def __init__(self, router, opened, exporter=None, names=None):
        self.router, self.opened = router, opened
        self.exporter, self.names = exporter, names
        self.input, self.output = b"", bytearray(v2.HANDSHAKE)
        self.began = self.heard = self.sent = router.clock()
        self.shaken, self.closed = False, None
        self.refused_at, self.was_refused = None, False
        self.id = self.public = self.run = None
        self.neighbours = set()
        self.wanted = {}        # keys to send, in this order
        self.digests = {}       # (type, level, index) to send behind them
        self.answers = Bucket(5000, 5000)
        self.hints = Bucket(32, 1)
        self.next_round, self.rounds_off = None, 0
        self.in_vain, self.differed = 0, False

    @property
    def is_up(self):
        return self.id is not None and self.closed is None

    # In

    def feed(self, data):
        if self.closed is not None:
            return
        self.heard = self.router.clock()
        self.input += data
        try:
            if self.shaken or self._handshake():
                tlvs, self.input = v2.split(self.input)
                for kind, body in tlvs:
                    self._tlv(kind, body)
        except Refused as why:
            self.close(str(why), why.code)

    def _handshake(self):
        if len(self.input) < 4:
            return False
        if self.input[:2] != v2.HANDSHAKE[:2]:
            raise Refused(None, "no handshake of ours")
        if not struct.unpack(">H", self.input[2:4])[0] & v2.VERSION_2:
            raise Refused(None, "version 1")
        self.shaken, self.input = True, self.input[4:]
        self.send(v2.hello(self.router.identity, self.router.run,
                           b"c" if self.opened else b"s", self.exporter))
        return True

    def _tlv(self, kind, body):
        if self.closed is not None:
            return
        handler = {v2.UPDATE: self._refuse_update, v2.AGED: self._update,
                   v2.COUNTED: self._update, v2.HELLO: self._hello,
                   v2.SUMMARY: self._summary, v2.SUMS: self._sums,
                   v2.FETCH: self._fetch, v2.NEIGHBOURS: self._neighbours,
                   v2.REFUSAL: self._refusal}.get(kind)
        if handler is None:
            return
        if self.id is None and kind not in (v2.HELLO, v2.REFUSAL):
            raise Refused(None, "not a Hello first")
        handler(kind, body)

    def _refuse_update(self, _kind, _body):
        self.router.count("update of version 1")

    def _update(self, kind, body):
        fields = v2.parse_update(kind, body)
        if fields is None:
            self.router.count("malformed")
            return
        self.router.take(self, *fields)

    def _hello(self, _kind, body):
        if len(body) < 48:
            raise Refused(None, "short Hello")
        ident, public, run = struct.unpack_from(">8s32sQ", body)
        if self.id is not None:
            if (ident, public, run) != (self.id, self.public, self.run):
                raise Refused(None, "a second Hello, of another router")
            return
        if v2.router_id(public) != ident:
            raise Refused(None, "no identifier of this key")
        if not self._proven(body, public):
            raise Refused(v2.NOT_PROVEN, "the identity is not proven")
        if self.names is not None and ident not in self.names:
            raise Refused(None, "TLS names another router")
        self.router.greet(ident, public, run, self.exporter is not None)
        self.id, self.public, self.run = ident, public, run
        self.router.session_up(self)

    def _proven(self, body, public):
        if self.exporter is None:
            return True
        role = b"s" if self.opened else b"c"
        return len(body) >= 112 and v2.verify(
            public, body[48:112], v2.session_text(role, self.exporter))

    def _neighbours(self, _kind, body):
        if not body or body[0] > v2.REMOVE:
            return
        ids = {body[i:i + 8] for i in range(1, len(body) - 7, 8)}
        before = set(self.neighbours)
        if body[0] == v2.NEW:
            self.neighbours.clear()
        if body[0] == v2.REMOVE:
            self.neighbours -= ids
        else:
            room = NEIGHBOURS_MAX - len(self.neighbours)
            self.neighbours |= set(sorted(ids - self.neighbours)[:room])
        self.router.neighbours_lost(self, before - self.neighbours)

    def _refusal(self, _kind, body):
        text = "".join(chr(c) if 32 <= c < 127 else "?" for c in body[1:101])
        self.was_refused = True
        raise Refused(None, f"refused: {body[:1].hex()} {text}")

    # Digests

    def _summary(self, _kind, body):
        if len(body) < 8:
            self.router.count("malformed")
        elif body[:8] != struct.pack(">Q", self.router.tree.sums[0][0]):
            self.digest(v2.SUMS, 0, 0)

    def _node(self, body, length):
        """(level, index), or None if there is no such node."""
        if len(body) >= length:
            level, index = struct.unpack_from(">BH", body)
            if level <= 4 and index < 16 ** level:
                return level, index
        self.router.count("malformed")
        return None

    def _fetch(self, _kind, body):
        node = self._node(body, 3)
        if node:
            self._send_below(*node)

    def _sums(self, _kind, body):
        node = self._node(body, 131)
        if node is None:
            return
        sums = struct.unpack_from(">16Q", body, 3)
        level, index = node
        tree = self.router.tree
        self.differed |= level == 0
        if level < tree.depth:
            for i, theirs in enumerate(sums):
                self._compare(level + 1, index * 16 + i, theirs)
            return
        leaf = index >> 4 * (level - tree.depth)
        if level > tree.depth or \
                sum(sums) & v2.MASK != tree.sums[level][leaf]:
            self._exchange(tree.depth, leaf)

    def _compare(self, level, index, theirs):
        """The first line that applies, of the table in DIGESTS."""
        ours = self.router.tree.sums[level][index]
        if ours == theirs:
            return
        if ours == 0:
            self.digest(v2.FETCH, level, index)
        elif theirs == 0:
            self._send_below(level, index)
        elif level < self.router.tree.depth:
            self.digest(v2.SUMS, level, index)
        else:
            self._exchange(level, index)

    def _exchange(self, level, index):
        self.digest(v2.FETCH, level, index)
        self._send_below(level, index)

    def _send_below(self, level, index):
        for key in sorted(self.router.tree.below(level, index)):
            if level <= self.router.tree.depth or \
                    v2.place(key) >> (16 - 4 * level) == index:
                self.want(key)

    def digest(self, kind, level=0, index=0):
        self.digests[kind, level, index] = True

    def hint(self):
        """A Summary beside the rounds."""
        if self.hints.take(self.router.clock()):
            self.digest(v2.SUMMARY)

    def _round(self, now):
        if not self.opened or now < self.next_round:
            return
        self.next_round = now + self.router.random.uniform(*ROUND)
        if self.rounds_off > 0:
            self.rounds_off -= 1
            return
        self.in_vain = self.in_vain + 1 if self.differed else 0
        self.differed = False
        self.rounds_off = LEFT_OUT[min(self.in_vain, len(LEFT_OUT) - 1)]
        self.digest(v2.SUMMARY)

    # Out

    def want(self, key):
        self.wanted[key] = True

    def send(self, data):
        self.output += data
        self.sent = self.router.clock()

    def pump(self):
        """Fills the output from what is wanted, while there is room."""
        while self.is_up and len(self.output) < OUTPUT_MAX:
            if self.wanted:
                key = next(iter(self.wanted))
                del self.wanted[key]
                datum = self.router.table.get(key)
                if datum is not None:
                    self.send(datum.encode(self.router.clock()))
            elif self.digests:
                node = next(iter(self.digests))
                del self.digests[node]
                self._send_digest(*node)
            else:
                return

    def _send_digest(self, kind, level, index):
        sums = self.router.tree.sums
        if kind == v2.SUMMARY:
            self.send(v2.tlv(kind, struct.pack(">Q", sums[0][0])))
            return
        body = struct.pack(">BH", level, index)
        if kind == v2.SUMS:
            body += struct.pack(">16Q", *sums[level + 1][index * 16:
                                                         index * 16 + 16])
        self.send(v2.tlv(kind, body))

    def tick(self, now):
        if self.closed is not None:
            return
        if self.id is None and now - self.began >= BEGIN:
            self.close("no Hello")
        elif now - self.heard >= SILENCE:
            self.close("silent")
        elif self.is_up:
            self._round(now)
        if self.shaken and now - self.sent >= HEARTBEAT:
            self.send(v2.tlv(v2.HEARTBEAT))

    def close(self, why, code=None):
        """What is in the output is still to be sent."""
        if self.closed is not None:
            return
        if code is not None:
            self.send(v2.refusal(code, why))
            self.refused_at = self.sent
        was_up, self.closed = self.is_up, why
        self.router.session_down(self, was_up)
