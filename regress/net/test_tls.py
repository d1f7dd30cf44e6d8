# SPDX-License-Identifier: ISC
"""Who may speak in the flood: keys, certificates, and those without."""

import hashlib
import hmac
import os
import re
import socket
import subprocess
import threading
import time

import pytest

from lab import Network, netns
from lab.ca import CA
from lab.hello import LABEL, SERVER, Router, lease4
from lab.hello import HANDSHAKE as EXTENDED
from lab.identity import identity_with
from lab.identity import router_id as router_id_of
from lab.v1 import HANDSHAKE, V1Node

CORE = "10.0.0.100"
R1 = "10.0.0.1"           # as its peers see it
KEY, OTHER = "first key: " + "0123456789abcdef", "second key: fedcba9876543210"
STRANGER, SECOND = Router(identity_with(0xde)), Router(identity_with(0xad))
UNPROVEN = "does not prove its identity"


def psk(*keys):
    return [f'tls psk "{key}"' for key in keys]


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=0)
    net.wait_igp()
    net.start("core", peers=[])
    net.start("r1")
    for d in net.daemons.values():
        d.conf.tls = psk(KEY)
        d.reload()
    net.wait_peers()
    return net


@pytest.fixture(autouse=True)
def as_before(request):
    yield
    if "net" in request.fixturenames:
        net = request.getfixturevalue("net")
        for d in net.daemons.values():
            if d.conf.tls != psk(KEY) or d.conf.extra:
                d.conf.tls, d.conf.extra = psk(KEY), []
                d.reload()
        net.lab.wait(lambda: session(net.daemons["r1"], CORE),
                     "the session is up again", 20)


def session(daemon, addr, state="up"):
    for p in daemon.show("peers"):
        if p["address"] == addr and p["state"] == state:
            return p
    return None


def has_lease(daemon, addr):
    return any(addr in rec["prefix"] for rec in daemon.show("leases"))


def lines(daemon, text):
    return [x for x in daemon.log().splitlines() if text in x]


# sroam-flood(7) once more, independently of the daemon.

def hkdf(secret, info):
    prk = hmac.new(bytes(32), secret.encode(), hashlib.sha256).digest()
    return hmac.new(prk, info + b"\1", hashlib.sha256).digest()


def identity(secret, router):
    mark = hkdf(secret, b"sroam1 fingerprint")[:4].hex()
    return f"sroam1:{router.hex()}:{mark}"


def identity_file(daemon):
    with open(os.path.join(daemon.conf.state, "identity"), "rb") as f:
        return f.read()


def router_id(daemon):
    return bytes.fromhex(daemon.show("status")["router_id"].replace(":", ""))


class Client:
    """openssl s_client with a key, in the namespace of r1."""

    def __init__(self, net, router=STRANGER.id, secret=KEY, name=None,
                 version="-tls1_3"):
        self.start(net, version, "-psk_identity",
                   name or identity(secret, router), "-psk",
                   hkdf(secret, b"sroam1" + router).hex())

    def start(self, net, *args):
        self.lab, self.said = net.lab, b""
        self.popen = subprocess.Popen(
            ["ip", "netns", "exec", net.lab.ns_name("r1"), "openssl",
             "s_client", "-connect", f"{CORE}:4444", "-nocommands",
             "-keymatexport", LABEL, "-keymatexportlen", "32", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while data := self.popen.stdout.read(65536):
            self.said += data

    def exporter(self):
        """What only the two ends know; it waits for the handshake."""
        def find():
            return re.search(rb"Keying material: ([0-9A-F]{64})\n", self.said)
        self.lab.wait(find, "keying material", 5)
        return bytes.fromhex(find().group(1).decode())

    def hello(self, who, **kw):
        return EXTENDED + who.hello(who.prove(self.exporter()), **kw)

    def refusal(self):
        """The text of the last TLV, a refusal, or None."""
        found = re.search(rb"\x0b([\x01-\x65])([\x01-\x05])([ -~]*)$",
                          self.said)
        return found.group(3).decode() if found else None

    def send(self, data):
        self.popen.stdin.write(data)
        self.popen.stdin.flush()

    def end(self):
        self.popen.kill()
        self.popen.wait()


@pytest.fixture
def client(net):
    clients = []

    def make(*args, **kw):
        clients.append(Client(net, *args, **kw))
        return clients[-1]
    yield make
    for c in clients:
        c.end()


def test_sessions_are_tls_1_3_and_say_so(net):
    mark = hkdf(KEY, b"sroam1 fingerprint")[:4].hex()
    for name, addr in (("core", R1), ("r1", CORE)):
        p = session(net.daemons[name], addr)
        assert p["tls_version"] == "TLSv1.3"
        assert p["tls_cipher"] == "TLS_AES_128_GCM_SHA256"
        assert p["tls_identity"] == "psk " + mark
        assert not p["no_tls"] and p["heartbeat"] and p["proven"]
        text = net.daemons[name].ctl("show", "peers")
        assert "TLSv1.3 TLS_AES_128_GCM_SHA256, psk " + mark in text
        assert ", proven" in text


def test_a_peer_written_from_the_page_is_understood(net, client):
    core = net.daemons["core"]
    c = client()
    c.send(c.hello(STRANGER) + lease4("192.168.44.220", "02:00:00:00:e1:01"))
    net.lab.wait(lambda: has_lease(net.daemons["r1"], "192.168.44.220"),
                 "its lease at r1", 5)
    assert any(p["router_id"] == STRANGER.text and p["proven"]
               for p in core.show("peers"))


def unlike(prove):
    """A hello of the right router with a wrong signature."""
    return lambda n, c: EXTENDED + STRANGER.hello(prove(c))


REFUSED = [
    ("another key", lambda n: dict(secret=OTHER), None, "is not one of ours"),
    ("another key by our name", lambda n: dict(
        secret=OTHER, name=identity(KEY, STRANGER.id)), None,
     "its key is not ours"),
    ("no identity of ours", lambda n: dict(name="Client_identity"), None,
     "its identity is none of sroamd's"),
    ("the server's own id", lambda n: dict(router=router_id(
        n.daemons["core"])), lambda n, c: c.hello(STRANGER, router=router_id(
            n.daemons["core"])), "its id does not follow from its key"),
    ("another's id", lambda n: dict(), lambda n, c: c.hello(SECOND),
     "is not the router whose key it has"),
    ("another's id and key", lambda n: dict(router=SECOND.id),
     lambda n, c: c.hello(STRANGER, router=SECOND.id, key=SECOND.key),
     UNPROVEN),
    ("no signature", lambda n: dict(), unlike(lambda c: b""), UNPROVEN),
    ("a signature of nothing", lambda n: dict(), unlike(
        lambda c: bytes(64)), UNPROVEN),
    ("the server's role", lambda n: dict(), unlike(
        lambda c: STRANGER.prove(c.exporter(), SERVER)), UNPROVEN),
    ("half a hello", lambda n: dict(), lambda n, c: EXTENDED
     + bytes([4, 47]) + bytes(47), "short hello"),
    ("no hello", lambda n: dict(), lambda n, c: EXTENDED,
     "does not say who it is"),
    ("version 1", lambda n: dict(), lambda n, c: HANDSHAKE,
     "does not speak our protocol"),
    ("tls 1.2", lambda n: dict(version="-tls1_2"), None,
     "does not speak tls 1.3"),
]


@pytest.mark.parametrize("what,kw,say,why", REFUSED,
                         ids=[r[0].replace(" ", "-") for r in REFUSED])
def test_refused_with_the_reason(net, client, what, kw, say, why):
    core = net.daemons["core"]
    before = len(core.log())
    c = client(**kw(net))
    bad = lease4("192.168.44.221", "02:00:00:00:e1:02")
    try:
        if say:
            c.send(say(net, c) + bad)
    except BrokenPipeError:
        pass
    net.lab.wait(lambda: why in core.log()[before:], why, 5)
    assert (c.refusal() == "identity not proven") == (why == UNPROVEN)
    net.lab.wait(lambda: c.popen.poll() is not None, "it is closed", 15)
    assert not has_lease(core, "192.168.44.221")
    assert session(net.daemons["r1"], CORE)


def test_a_signature_of_another_session_proves_nothing(net, client):
    core = net.daemons["core"]
    good = client()
    played = good.hello(STRANGER)
    good.send(played)
    net.lab.wait(lambda: speaks(core, STRANGER.text), "the good one", 5)
    before = len(core.log())
    bad = client()
    bad.send(played)
    net.lab.wait(lambda: UNPROVEN in core.log()[before:], "refused", 5)
    assert speaks(core, STRANGER.text)


def test_one_who_is_denied_is_told_so(net):
    core, r1 = net.daemons["core"], net.daemons["r1"]
    refused = core.show("status")["sessions_refused"]
    for extra, why, told in (
            ([f"deny router {router_id(r1).hex(':')}"],
             "is denied by configuration", "denied by configuration"),
            (["routers known", f"router {STRANGER.text} name ap9"],
             "is not a known router", "not a known router")):
        core.conf.extra = extra
        core.reload()               # while there is a session
        net.lab.wait(lambda told=told: any(
            p["error"] == "refuses us: " + told for p in r1.show("peers")),
            told, 15)
        who = f"router {router_id(r1).hex(':')} {why}"
        assert lines(core, "session ended: " + who)
        r1.reload()                 # or it would wait before it tries again
        net.lab.wait(lambda who=who: lines(core, "no session: " + who),
                     why, 10)
        assert not session(r1, CORE) and not session(core, R1)
        # As its own line, and at the end of one that was up.
        assert len(lines(r1, "refuses us: " + told)) <= 3
        core.conf.extra = []
        core.reload()
        r1.reload()
        net.lab.wait(lambda: session(r1, CORE), "admitted again", 15)
    assert core.show("status")["sessions_refused"] >= refused + 4


def test_a_copy_of_an_identity_is_named(net):
    core, r1 = net.daemons["core"], net.daemons["r1"]
    own = identity_file(r1)
    try:
        r1.stop()
        r1.conf.identity = identity_file(core)
        r1.start(wait=False)
        # Each of the two sees it.
        for d in (core, r1):
            net.lab.wait(lambda d=d: lines(
                d, "has our identity, but is another router"), "named", 15)
        assert not session(r1, CORE)
    finally:
        r1.stop()
        r1.conf.identity = own
        r1.start()


def test_clear_text_and_garbage_to_a_tls_port(net):
    lab, core = net.lab, net.daemons["core"]
    for octets in (HANDSHAKE + lease4("192.168.44.222", "02:00:00:00:e1:03"),
                   b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 300,
                   b"\x16\x03\x01\x3f\xff\x01" + b"\xa5" * 16384):
        with netns.inside(lab.ns_name("r1")):
            sock = socket.create_connection((CORE, 4444), 5)
        sock.sendall(octets)
        try:
            said = b""
            while data := sock.recv(4096):
                said += data
        except ConnectionError:
            pass
        assert HANDSHAKE[:2] not in said
        sock.close()
    assert not has_lease(core, "192.168.44.222")
    # One line for the lot of them: the same peer, the same reason.
    assert len(lines(core, ": no session: does not speak tls")) <= 2
    assert session(net.daemons["r1"], CORE)


@pytest.mark.parametrize("tls,why", [
    (psk(OTHER), "refuses our key"), ([], "closed by the peer|no handshake")],
    ids=["wrong-key", "no-tls"])
def test_a_router_without_the_key_has_no_session(net, tls, why):
    r1 = net.daemons["r1"]
    r1.conf.tls = tls
    r1.reload()
    net.lab.wait(lambda: any(re.search(why, p.get("error") or "")
                             for p in r1.show("peers")), why, 15)
    assert not session(r1, CORE)
    assert session(net.daemons["core"], R1) is None


def test_tls_to_a_clear_text_port(net):
    r1, core = net.daemons["r1"], net.daemons["core"]
    core.conf.tls = []
    core.reload()
    net.lab.wait(lambda: any("before tls" in (p.get("error") or "")
                             for p in r1.show("peers")), "the reason", 10)
    assert not session(r1, CORE)


def test_a_key_is_changed_by_reloads_and_nothing_is_lost(net):
    core, r1 = net.daemons["core"], net.daemons["r1"]
    old = session(r1, CORE)
    begin = time.monotonic()
    for keys in ((KEY, OTHER), (OTHER, KEY)):
        for d in (core, r1):
            d.conf.tls = psk(*keys)
            d.reload()
    # So far everybody understands everybody: nothing was cut.
    now = session(r1, CORE)
    assert now["tls_identity"] == old["tls_identity"]
    assert now["since_seconds"] >= old["since_seconds"]
    # The end of the old key; who began with it comes back with the new one.
    begin = time.monotonic()
    for d in (core, r1):
        d.conf.tls = psk(OTHER)
        d.reload()
    mark = hkdf(OTHER, b"sroam1 fingerprint")[:4].hex()
    net.lab.wait(lambda: (session(r1, CORE) or {}).get("tls_identity") ==
                 "psk " + mark, "a session with the new key", 5)
    assert time.monotonic() - begin < 2


def test_many_half_open_connections_keep_nobody_out(net, client):
    lab, core = net.lab, net.daemons["core"]
    lab.ip("core", "route", "replace", "10.1.3.0/24", "via", "10.1.1.2")
    lab.run("ip", "-n", lab.ns_name("r1"), "addr", "replace", "10.1.3.0/24",
            "dev", "lo")
    socks = []
    for i in range(120):
        with netns.inside(lab.ns_name("r1")):
            sock = socket.socket()
        sock.bind((f"10.1.3.{i % 100 + 1}", 0))
        sock.connect((CORE, 4444))
        sock.sendall(b"\x16\x03\x01\x01")
        socks.append(sock)
    assert len(core.show("peers")) <= 65
    c = client()
    c.send(c.hello(STRANGER) + lease4("192.168.44.223", "02:00:00:00:e1:04"))
    lab.wait(lambda: has_lease(core, "192.168.44.223"), "a lease", 5)
    assert session(net.daemons["r1"], CORE)
    for sock in socks:
        sock.close()


def in_memory(pid, text):
    """Where a process has the text: the kinds of its memory."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            where, perms, *rest = line.split()
            if "rw" not in perms:
                continue
            start, end = (int(x, 16) for x in where.split("-"))
            if end - start > 1 << 30:
                continue            # of a sanitizer
            mem.seek(start)
            try:
                if text in mem.read(end - start):
                    found.append(rest[-1])
            except (OSError, OverflowError):
                continue
    return found


def test_no_process_keeps_the_secret(net):
    core = net.daemons["core"]
    lines(core, "")
    for role, pid in core.processes().items():
        assert in_memory(pid, KEY.encode()) == [], role
    # The search works: the engine has what it derived from it.
    prk = hmac.new(bytes(32), KEY.encode(), hashlib.sha256).digest()
    pids = core.processes()
    assert in_memory(pids["engine"], prk)
    assert in_memory(pids["frontend"], prk) == []


def test_the_signer_alone_has_the_identity(net):
    core = net.daemons["core"]
    seed = identity_file(core)
    assert len(seed) == 32
    assert [role for role, pid in core.processes().items()
            if in_memory(pid, seed)] == ["signer"]
    assert core.show("status")["router_id"] == router_id_of(seed)


def test_a_secret_is_nowhere_in_the_log(net):
    for d in net.daemons.values():
        assert KEY not in d.log() and OTHER not in d.log()


# Certificates.

@pytest.fixture(scope="module")
def cas(net):
    return CA(net.lab, "ca1"), CA(net.lab, "ca2")


def set_tls(net, core, r1):
    for name, tls in (("core", core), ("r1", r1)):
        net.daemons[name].conf.tls = tls
        net.daemons[name].reload()


def test_certificates_of_one_ca(net, cas):
    set_tls(net, cas[0].statement("core", CORE),
            cas[0].statement("r1", "10.1.1.2"))
    core, r1 = net.daemons["core"], net.daemons["r1"]
    net.lab.wait(lambda: session(r1, CORE) and session(core, R1),
                 "session", 15)
    assert session(r1, CORE)["tls_identity"] == "core"
    assert session(core, R1)["tls_identity"] == "r1"
    assert lines(core, "session is up, tls r1")


CERTS = [
    ("wrong address", lambda a, b: (a.statement("core", "10.1.1.99"),
                                    a.statement("r1", "10.1.1.2")),
     "r1", "IP address mismatch"),
    ("name in place of an address", lambda a, b: (
        a.statement("core", None, san=[f"DNS:{CORE}"]),
        a.statement("r1", "10.1.1.2")), "r1", "IP address mismatch"),
    ("another router's id", lambda a, b: (
        a.statement("core", CORE, san=["URI:sroam:" + STRANGER.text]),
        a.statement("r1", "10.1.1.2")),
     "r1", "is not a router that its certificate names"),
    ("no id at all", lambda a, b: (
        a.statement("core", CORE, san=["URI:sroam:core"]),
        a.statement("r1", "10.1.1.2")),
     "r1", "its certificate names no proper router id"),
    ("client of another ca", lambda a, b: (
        a.statement("core", CORE), b.statement("r1", "10.1.1.2", ca=a)),
     "core", "its certificate: "),
    ("server of another ca", lambda a, b: (
        b.statement("core", CORE, ca=a), a.statement("r1", "10.1.1.2")),
     "r1", "its certificate: "),
    ("key instead of certificate", lambda a, b: (
        a.statement("core", CORE), psk(KEY)), "r1",
     "has a certificate, but not our key"),
    ("certificate instead of key", lambda a, b: (
        psk(KEY), a.statement("r1", "10.1.1.2")), "core", "has no key"),
]


@pytest.mark.parametrize("what,make,who,why", CERTS,
                         ids=[c[0].replace(" ", "-") for c in CERTS])
def test_certificates_that_are_refused(net, cas, what, make, who, why):
    before = len(net.daemons[who].log())
    set_tls(net, *make(*cas))
    net.lab.wait(lambda: why in net.daemons[who].log()[before:], why, 10)
    assert not session(net.daemons["r1"], CORE)
    assert not session(net.daemons["core"], R1)


def test_a_router_whose_own_certificate_names_another_says_so(net, cas):
    core = net.daemons["core"]
    set_tls(net, cas[0].statement("core", CORE,
                                  san=["URI:sroam:" + STRANGER.text]),
            cas[0].statement("r1", "10.1.1.2"))
    assert lines(core, f"tls cert: names router {STRANGER.text}, we are ")


def test_a_certificate_that_names_its_router_is_good(net, cas):
    ids = {name: net.daemons[name].show("status")["router_id"]
           for name in ("core", "r1")}
    set_tls(net, *(cas[0].statement(
        name, addr, san=["URI:sroam:" + STRANGER.text,
                         "URI:sroam:" + ids[name], "URI:http://x/"])
        for name, addr in (("core", CORE), ("r1", "10.1.1.2"))))
    net.lab.wait(lambda: session(net.daemons["r1"], CORE), "session", 15)


class CertClient(Client):
    """openssl s_client with a certificate, in the namespace of r1."""

    def __init__(self, net, statement, router):    # pylint: disable=W0231
        ca, cert, key = re.findall('"([^"]*)"', statement[0])
        self.start(net, "-tls1_3", "-CAfile", ca, "-cert", cert, "-key", key)
        self.send(self.hello(router))


@pytest.fixture
def clients(net, cas):
    """Both routers by certificates, and who else has one."""
    made, statements = [], {}
    set_tls(net, cas[0].statement("core", CORE),
            cas[0].statement("r1", "10.1.1.2"))
    net.lab.wait(lambda: session(net.daemons["r1"], CORE), "session", 15)

    def make(name, router, san=()):
        if name not in statements:
            statements[name] = cas[0].statement(name, "10.1.1.77", san=san)
        made.append(CertClient(net, statements[name], router))
        return made[-1]
    yield make
    for c in made:
        c.end()


def speaks(core, router):
    return next((p for p in core.show("peers")
                 if p["router_id"] == router and p["state"] == "up"), None)


def test_one_certificate_speaks_for_one_router_at_a_time(net, clients):
    core = net.daemons["core"]
    first = clients("x", STRANGER)
    net.lab.wait(lambda: speaks(core, STRANGER.text), "the first", 5)
    second = clients("x", SECOND)
    net.lab.wait(lambda: lines(core, "another router speaks by the same "
                               "certificate"), "refused", 5)
    net.lab.wait(lambda: second.popen.poll() is not None, "closed", 5)
    assert speaks(core, STRANGER.text)
    first.end()
    net.lab.wait(lambda: not speaks(core, STRANGER.text), "the end", 5)
    clients("x", SECOND)
    net.lab.wait(lambda: speaks(core, SECOND.text),
                 "the other, when the first is gone", 5)


def test_nobody_takes_the_id_of_a_router_with_another_certificate(
        net, clients):
    core, r1 = net.daemons["core"], net.daemons["r1"]
    clients("x", Router(identity_file(r1)))
    net.lab.wait(lambda: lines(core, "the router speaks by another "
                               "certificate"), "refused", 5)
    assert session(core, R1)["tls_identity"] == "r1"
    # But who has a certificate that says so is the router.
    clients("x", STRANGER)
    net.lab.wait(lambda: speaks(core, STRANGER.text), "the first", 5)
    clients("named", STRANGER, ["URI:sroam:" + STRANGER.text])
    net.lab.wait(lambda: (speaks(core, STRANGER.text) or {}).get(
        "tls_identity") == "named", "the named one", 5)
    assert lines(core, "its router has a certificate that names it")


def test_a_certificate_in_place_of_a_ca_is_a_pin(net, cas):
    core = cas[0].statement("core", CORE)
    r1 = cas[0].statement("r1", "10.1.1.2")
    pins = [re.search('cert "([^"]*)"', x[0]).group(1) for x in (core, r1)]
    set_tls(net, [core[0].replace(cas[0].path, pins[1])],
            [r1[0].replace(cas[0].path, pins[0])])
    net.lab.wait(lambda: session(net.daemons["r1"], CORE), "session", 15)
    # Any other one of the same CA is refused.
    before = len(net.daemons["r1"].log())
    net.daemons["core"].conf.tls = [cas[0].statement("new", CORE)[0].replace(
        cas[0].path, pins[1])]
    net.daemons["core"].reload()
    net.daemons["core"].stop()
    net.daemons["core"].start()
    net.lab.wait(lambda: "its certificate: " in
                 net.daemons["r1"].log()[before:], "refused", 20)


# What an operator does wrong.

def test_a_reload_with_a_bad_key_changes_nothing(net, cas):
    core = net.daemons["core"]
    bad = net.lab.write("bad.pem", "no certificate\n", 0o600)
    weak = net.lab.write("weak.key", "12345678\n", 0o600)
    good = cas[0].statement("core", CORE)[0]
    other = cas[1].statement("core", CORE)[0]
    mixed = re.sub('key ".*"', re.search('key ".*"', other).group(0), good)
    for tls, why in ((good.replace(cas[0].path, bad), "no certificate"),
                     (mixed, "do not belong together"),
                     (f'tls psk "file:{weak}"', "too few"),
                     ('tls psk "file:/nonexistent/key"', "No such file")):
        core.conf.tls = [tls]
        core.write_conf()
        done = core.ctl_raw("reload")
        assert done.returncode == 1 and why in done.stderr + done.stdout
        assert session(net.daemons["r1"], CORE)


def test_a_key_file_for_others_to_read_is_refused(net):
    core = net.daemons["core"]
    path = net.lab.write("open.key", KEY + "\n", 0o640)
    core.conf.tls = [f'tls psk "file:{path}"']
    core.write_conf()
    done = core.ctl_raw("reload")
    assert done.returncode == 1 and f"{path}: is secret" in done.stderr
    assert lines(core, f"{path}: is secret")
    os.chmod(path, 0o600)
    core.reload()
    # The newline is no part of it.
    assert session(net.daemons["r1"], CORE)
