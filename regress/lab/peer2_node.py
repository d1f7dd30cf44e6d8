# SPDX-License-Identifier: ISC
"""A peer2.Router on sockets of a namespace, in a thread of its own; under TLS
1.3 with certificates, or with a secret, or without."""

import hashlib
import hmac
import ipaddress
import selectors
import socket
import struct
import threading
import time

from OpenSSL import SSL
from cryptography import x509

from . import netns, peer2, peer2_session

EXPORTER = b"EXPERIMENTAL sroam session"
RETRY_MIN, RETRY_MAX, RETRY_REFUSED = 1, 5, 30


class Certificates:
    """Certificates of one CA, ours among them."""

    def __init__(self, ca, cert, key):
        self.ca, self.cert, self.key = ca, cert, key

    def connection(self, connects):
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        context.load_verify_locations(self.ca)
        context.use_certificate_file(self.cert)
        context.use_privatekey_file(self.key)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_options(SSL.OP_NO_TICKET)
        tls = SSL.Connection(context, None)
        tls.set_connect_state() if connects else tls.set_accept_state()
        return tls

    @staticmethod
    def names(tls, address):
        """The router ids that the peer's certificate allows, or None; a
        server's is for the address."""
        cert = tls.get_peer_certificate().to_cryptography()
        san = cert.extensions.get_extension_for_class(
            x509.SubjectAlternativeName).value
        if address is not None and ipaddress.ip_address(address) not in \
                san.get_values_for_type(x509.IPAddress):
            raise SSL.Error("a certificate for another address")
        ids = [bytes.fromhex(uri[6:].replace(":", "")) for uri in
               san.get_values_for_type(x509.UniformResourceIdentifier)
               if uri.startswith("sroam:")]
        return ids[:4] or None


def expand(secret, info, length):
    """HKDF with SHA-256 and without a salt, of 32 octets at most."""
    prk = hmac.digest(b"", secret.encode(), hashlib.sha256)
    return hmac.digest(prk, info + b"\1", hashlib.sha256)[:length]


class Secret:
    """The secret that all routers share; ident is who we are.  OpenSSL's
    callbacks of before TLS 1.3 do: their keys are for SHA-256, too."""

    CLIENT = ("unsigned int(SSL *, const char *, char *, unsigned int, "
              "unsigned char *, unsigned int)")
    SERVER = ("unsigned int(SSL *, const char *, unsigned char *, "
              "unsigned int)")

    def __init__(self, secret, ident):
        self.secret, self.ident = secret, ident
        self.mark = expand(secret, b"sroam1 fingerprint", 4)
        self.clients = {}       # SSL *: the identifier of the client
        ffi = SSL._ffi
        self.callbacks = (ffi.callback(self.CLIENT, self._client),
                          ffi.callback(self.SERVER, self._server))

    def key(self, ident):
        return expand(self.secret, b"sroam1" + ident, 32)

    def _client(self, _ssl, _hint, identity, _size, psk, _max):
        text = f"sroam1:{self.ident.hex()}:{self.mark.hex()}"
        SSL._ffi.memmove(identity, text.encode() + b"\0", len(text) + 1)
        SSL._ffi.memmove(psk, self.key(self.ident), 32)
        return 32

    def _server(self, ssl, identity, psk, _max):
        text = SSL._ffi.string(identity).decode("ascii", "replace")
        ident = bytes.fromhex(text[7:23]) if len(text) == 32 else b""
        if text != f"sroam1:{ident.hex()}:{self.mark.hex()}":
            return 0
        self.clients[int(SSL._ffi.cast("uintptr_t", ssl))] = ident
        SSL._ffi.memmove(psk, self.key(ident), 32)
        return 32

    def connection(self, connects):
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_options(SSL.OP_NO_TICKET)
        SSL._lib.SSL_CTX_set_psk_client_callback(context._context,
                                                 self.callbacks[0])
        SSL._lib.SSL_CTX_set_psk_server_callback(context._context,
                                                 self.callbacks[1])
        tls = SSL.Connection(context, None)
        tls.set_connect_state() if connects else tls.set_accept_state()
        return tls

    def names(self, tls, address):
        """A client is who its identity says; a server may be anybody."""
        if address is not None:
            return None
        ssl = int(SSL._ffi.cast("uintptr_t", tls._ssl))
        return [self.clients.pop(ssl)]


class Link:
    """A connection: the session is there when TLS, if any, is."""

    def __init__(self, node, sock, target):
        self.node, self.sock, self.target = node, sock, target
        self.began, self.moved = time.monotonic(), time.monotonic()
        self.connecting = target is not None
        self.output, self.session, self.tls = bytearray(), None, None
        if node.tls is not None:
            self.tls = node.tls.connection(target is not None)
        else:
            self.session = node.router.session(target is not None)

    def received(self, data):
        if self.tls is None:
            self.session.feed(data)
            return
        self.tls.bio_write(data)
        if self.session is None and not self._shake():
            return
        try:
            while True:
                self.session.feed(self.tls.recv(65536))
        except SSL.WantReadError:
            pass

    def _shake(self):
        try:
            self.tls.do_handshake()
        except SSL.WantReadError:
            return False
        finally:
            self._drain()
        names = self.node.tls.names(
            self.tls, self.target[0] if self.target else None)
        self.session = self.node.router.session(
            self.target is not None,
            self.tls.export_keying_material(EXPORTER, 32), names)
        return True

    def fill(self):
        """What is to be sent, in octets for the socket."""
        if self.session is None:
            if self.tls is not None and not self.connecting:
                self._shake()
            return
        if len(self.output) > peer2_session.OUTPUT_MAX:
            return
        self.session.pump()
        out = self.session.output
        if self.tls is None:
            self.output += out
            out.clear()
            return
        while out:              # a record at a time
            del out[:self.tls.send(bytes(out[:16384]))]
        self._drain()

    def _drain(self):
        try:
            while True:
                self.output += self.tls.bio_read(65536)
        except SSL.WantReadError:
            pass

    def write(self):
        self.connecting = False
        self.fill()
        if self.output:
            del self.output[:self.sock.send(self.output)]
            self.moved = time.monotonic()

    def is_over(self):
        now = time.monotonic()
        if self.session is not None and self.session.closed is not None:
            refused = self.session.refused_at
            return not self.output and not self.session.output and (
                refused is None or now > refused + 1)
        if self.output and now - self.moved > 30:
            return True
        return self.session is None and now - self.began > peer2_session.BEGIN


class Node:
    """lock is held while the router works: `with node.lock:` around a look at
    it from another thread."""

    def __init__(self, lab, ns, seed, connect=(), listen=None, tls=None,
                 port=4444, **router):
        self.lab, self.ns, self.tls, self.port = lab, ns, tls, port
        self.router = peer2.Router(seed, **router)
        self.targets, self.listen = list(connect), listen
        self.retry, self.delay = {}, {}
        self.ids = {}           # target: who was there
        self.lock, self.links = threading.RLock(), set()
        self.ended = []         # why sessions ended
        self.thread = None
        lab.closers.append(self.die)

    @property
    def id(self):
        return self.router.id.hex(":")

    def start(self):
        self.sel, self.stopping = selectors.DefaultSelector(), False
        self.wake, self.waker = socket.socketpair()
        self.sel.register(self.waker, selectors.EVENT_READ, None)
        self.listener = self._listen() if self.listen else None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def die(self):
        """As when the power goes: resets, no goodbye."""
        if self.thread is None:
            return
        self.stopping = True
        self.wake.send(b"x")
        self.thread.join(5)
        self.thread = None
        for link in list(self.links):
            link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
            link.sock.close()
        for sock in (self.listener, self.wake, self.waker):
            if sock:
                sock.close()
        self.sel.close()

    def do(self, function, *args, **kw):
        """A function of the router, then what follows from it."""
        with self.lock:
            result = function(*args, **kw)
        self.wake.send(b"x")
        return result

    def get(self, key):
        """(seqno, value) of a live datum, or None."""
        with self.lock:
            datum = self.router.table.get(key)
            if datum is None or not datum.is_live(self.router.clock()):
                return None
            return datum.seqno, datum.value

    def up(self):
        with self.lock:
            return sum(s.is_up for s in self.router.sessions)

    # Its loop

    def _socket(self):
        with netns.inside(self.lab.ns_name(self.ns)):
            sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10000)
        return sock

    def _listen(self):
        sock = self._socket()
        sock.bind((self.listen, self.port))
        sock.listen(8)
        sock.setblocking(False)
        self.sel.register(sock, selectors.EVENT_READ, None)
        return sock

    def _run(self):
        while not self.stopping:
            with self.lock:
                self.router.tick()
                for target in self.targets:
                    self._connect(target)
                for link in list(self.links):
                    self._attend(link)
            for key, events in self.sel.select(0.1):
                with self.lock:
                    self._event(key, events)

    def _connect(self, target):
        if self.retry.get(target, 0) > time.monotonic() or \
                any(link.target == target for link in self.links) or \
                self.ids.get(target) in self.router.neighbours():
            return
        sock = self._socket()
        sock.setblocking(False)
        if sock.connect_ex(target) in (0, 115):
            self._add(sock, target)
        else:
            sock.close()
            self._retry_later(target)

    def _retry_later(self, target, refused=False):
        delay = self.delay.get(target, RETRY_MIN)
        self.delay[target] = min(RETRY_MAX, delay * 2)
        if refused:
            delay = RETRY_REFUSED
        self.retry[target] = time.monotonic() + \
            delay * self.router.random.uniform(.75, 1)

    def _add(self, sock, target):
        sock.setblocking(False)
        link = Link(self, sock, target)
        self.links.add(link)
        self.sel.register(sock, selectors.EVENT_READ, link)

    def _attend(self, link):
        try:
            link.fill()
        except SSL.Error as err:
            self._end(link, repr(err))
            return
        if link.is_over():
            self._end(link, "over")
            return
        if link.session is not None and link.session.is_up and link.target:
            self.ids[link.target] = link.session.id
            self.delay.pop(link.target, None)
        want = selectors.EVENT_READ
        if link.output or link.connecting:
            want |= selectors.EVENT_WRITE
        self.sel.modify(link.sock, want, link)

    def _end(self, link, why):
        if link not in self.links:
            return
        self.links.discard(link)
        self.sel.unregister(link.sock)
        link.sock.close()
        if link.session is not None:
            link.session.close(why)
            why = link.session.closed
        self.ended.append(why)
        if link.target is not None:
            self._retry_later(link.target, link.session is not None
                              and link.session.was_refused)

    def _event(self, key, events):
        if key.fileobj is self.waker:
            self.waker.recv(4096)
        elif key.fileobj is self.listener:
            try:
                self._add(self.listener.accept()[0], None)
            except OSError:
                pass
        elif key.data in self.links:
            self._serve(key.data, events)

    def _serve(self, link, events):
        try:
            if events & selectors.EVENT_WRITE:
                link.write()
            if events & selectors.EVENT_READ:
                data = link.sock.recv(65536)
                if not data:
                    raise OSError("the peer closed")
                link.received(data)
        except BlockingIOError:
            pass
        except (OSError, SSL.Error) as err:
            self._end(link, repr(err))
