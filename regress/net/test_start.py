# SPDX-License-Identifier: ISC
"""What cannot start says so in one line and leaves nothing half-started;
what an operator forgets is said in one line, too."""

import base64
import os
import re
import shutil
import socket
import subprocess

import pytest

from lab import Network, netns
from lab.ca import CA
from lab.daemon import PORT, SROAMD, Conf, Sroamd
from lab.identity import fingerprint, identity_with, router_id
from lab.v1 import V1Node


@pytest.fixture(scope="module")
def net(module_lab):
    return Network(module_lab, routers=1, stations=1, igp=None)


@pytest.fixture
def daemon(net):
    d = Sroamd(net.lab, net.conf("r1", peers=[]))
    yield d
    if d.proc and d.proc.running():
        d.stop()


def bad_user(_net, d):
    d.conf.user = "no_such_user"
    return "no_such_user"


def bad_keyword(_net, d):
    d.conf.extra = ["prefixx 10.0.0.0/8"]
    return "prefixx"


def busy_port(net, d):
    net.busy = V1Node.listen(net.lab, "r1")
    return str(PORT)


def peer_without_tls(_net, d):
    d.conf.extra = ["peer 10.1.1.1 port 4444"]
    return "tls"


def key_of_another_certificate(net, d):
    d.conf.tls = mixed_pair(net)
    return "key and cert do not belong together"


def no_identity(net, d):
    path = net.lab.write("no.identity", "x" * 31, 0o600)
    d.conf.extra = [f'identity "{path}"']
    return "32 octets"


def ourselves_denied(_net, d):
    d.conf.identity = identity_with(7)
    d.conf.extra = ["deny router " + router_id(d.conf.identity)]
    return "is this router"


BAD = [bad_user, bad_keyword, busy_port, peer_without_tls,
       key_of_another_certificate, no_identity, ourselves_denied]


def mixed_pair(net):
    ca = CA(net.lab, "mixed")
    one, other = (ca.statement(name, "10.9.9.9")[0] for name in ("a", "b"))
    key = re.search('key ".*"', other).group(0)
    return [re.sub('key ".*"', key, one)]


def state_of(net):
    return [net.lab.run("ip", *a, ns="r1") for a in (
        ["-o", "addr"], ["rule"], ["-6", "rule"], ["nexthop"],
        ["route", "show", "table", "all"])]


def faults(text):
    """Lines about what ends it, without hints at the configuration."""
    return [line for line in text.strip().splitlines()
            if ": warning: " not in line]


@pytest.mark.parametrize("spoil", BAD, ids=lambda f: f.__name__)
def test_one_line_and_exit_1(net, daemon, spoil):
    before = state_of(net)
    word = spoil(net, daemon)
    try:
        daemon.write_conf()
        done = subprocess.run(
            ["ip", "netns", "exec", net.lab.ns_name("r1"), SROAMD, "-d", "-f",
             daemon.path, "-s", daemon.socket], stdin=subprocess.DEVNULL,
            text=True, capture_output=True, timeout=20)
    finally:
        if hasattr(net, "busy"):
            net.busy.close()
            del net.busy
    lines = faults(done.stderr + done.stdout)
    assert done.returncode == 1, lines
    assert len(lines) == 1, lines
    assert word in lines[0]
    assert not os.path.exists(daemon.socket)
    assert state_of(net) == before


def who(daemon):
    return subprocess.run([SROAMD, "-I", "-f", daemon.path], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=20)


def test_who_we_are_is_said_with_a_daemon_and_without(daemon):
    daemon.conf.identity = identity_with(9)
    daemon.write_conf()
    mark = base64.b64encode(fingerprint(daemon.conf.identity)).decode()
    want = (f"router id {router_id(daemon.conf.identity)}\n"
            f"fingerprint SHA256:{mark.rstrip('=')}\n")
    done = who(daemon)
    assert (done.stdout, done.stderr, done.returncode) == (want, "", 0)
    daemon.start()
    assert who(daemon).stdout == want
    assert daemon.show("status")["router_id"] == \
        router_id(daemon.conf.identity)


def test_an_identity_is_made_by_being_asked_for(net, daemon):
    path = net.lab.path("new.identity")
    daemon.conf.extra = [f'identity "{path}"']
    daemon.write_conf()
    done = who(daemon)
    assert done.returncode == 0 and os.stat(path).st_mode & 0o7777 == 0o600
    with open(path, "rb") as f:
        seed = f.read()
    assert f"router id {router_id(seed)}\n" in done.stdout
    daemon.start()
    assert daemon.show("status")["router_id"] == router_id(seed)


def test_what_is_kept_nowhere_is_not_said(daemon):
    daemon.conf.extra = ["state none"]
    daemon.write_conf()
    done = who(daemon)
    assert done.returncode == 1 and not done.stdout
    assert "there is no file for it" in done.stderr


def test_a_reload_cannot_deny_us(daemon):
    daemon.start()
    own = daemon.show("status")["router_id"]
    daemon.conf.extra = [f"deny router {own}"]
    daemon.write_conf()
    done = daemon.ctl_raw("reload")
    assert done.returncode == 1
    assert f"deny router {own}: is this router" in done.stderr + done.stdout
    other = router_id(identity_with(8))
    daemon.conf.extra = [f"deny router {other}", "router " + own,
                         "routers known"]
    daemon.reload()


def test_second_daemon_on_the_same_socket(net, daemon):
    daemon.start()
    other = Conf(net.lab, "other", iface=None)
    other.listen, other.extra = None, ["listen on * port 4455 no tls"]
    path = net.lab.write("other.conf", other.text(), 0o600)
    os.makedirs(other.state, exist_ok=True)
    done = subprocess.run(
        ["ip", "netns", "exec", net.lab.ns_name("r1"), SROAMD, "-d", "-f",
         path, "-s", daemon.socket], stdin=subprocess.DEVNULL, text=True,
        capture_output=True, timeout=20)
    lines = faults(done.stderr + done.stdout)
    assert done.returncode == 1, lines
    assert len(lines) == 1 and "another sroamd, process" in lines[0], lines
    assert daemon.try_ctl("show", "status") is not None


def said(daemon, text):
    return sum(text in line for line in daemon.log().splitlines())


@pytest.mark.parametrize("how", ["start", "reload"])
def test_an_interface_that_comes_later_is_served(net, daemon, how):
    before = 0
    if how == "reload":
        daemon.start()
        before = said(daemon, "later0")
    daemon.conf.iface, daemon.conf.stations = "later0", "packets"
    if how == "reload":
        daemon.reload()
    else:
        daemon.start()
    assert said(daemon, "later0") == before + 1
    assert "later0: no such interface now, waiting for it" in daemon.log()
    net.lab.ip("r1", "link", "add", "later0", "type", "bridge")
    net.lab.ip("r1", "link", "set", "later0", "up")
    net.lab.wait(lambda: "192.168.44.1" in net.lab.run(
        "ip", "addr", "show", "dev", "later0", ns="r1"),
        "the gateway address", 5)
    net.lab.ip("r1", "link", "del", "later0")
    net.lab.wait(lambda: any(
        i.get("interface", i.get("name")) == "later0" and not i.get("up")
        for i in daemon.show("interfaces")), "later0 is gone", 5)


@pytest.mark.parametrize("how", ["start", "reload"])
@pytest.mark.parametrize("address,length", [
    ("10.77.0.1", 32), ("2001:db8:77::1", 128)], ids=["ipv4", "ipv6"])
def test_an_address_to_listen_on_may_come_later(net, daemon, address, length,
                                                how):
    line = f"listen on {address} port {PORT}: no such address now"
    before = 0
    if how == "reload":
        daemon.start()
        before = said(daemon, line)
    daemon.conf.listen = address
    if how == "reload":
        daemon.reload()
    else:
        daemon.start()
    assert said(daemon, line) == before + 1

    def accepts():
        with netns.inside(net.lab.ns_name("r1")):
            s = socket.socket(socket.AF_INET6 if ":" in address
                              else socket.AF_INET)
        with s:
            s.settimeout(2)
            return s.connect_ex((address, PORT)) == 0
    assert not accepts()
    net.lab.run("ip", "-n", net.lab.ns_name("r1"), "addr", "add",
                f"{address}/{length}", "dev", "lo", *(
                    ["nodad"] if ":" in address else []))
    try:
        net.lab.wait(accepts, "a connection", 5)
    finally:
        net.lab.ip("r1", "addr", "del", f"{address}/{length}", "dev", "lo")


DROPS = """table inet forgotten {
    chain fw { type filter hook forward priority 0; policy drop; }
}
"""
FORGOTTEN = [
    ("forwarding is off", lambda net, d: net.lab.sysctl(
        "r1", net__ipv4__ip_forward=0), "forward"),
    ("no gateway address", lambda net, d: setattr(d.conf, "gateways", []),
     "gateway"),
    ("prefix overlaps another interface", lambda net, d: net.lab.ip(
        "r1", "addr", "add", "192.168.44.77/24", "dev", "core"), "core"),
    ("a chain that drops", lambda net, d: net.lab.run(
        "nft", "-f", "-", ns="r1", input=DROPS),
     "table forgotten has policy drop for what is forwarded: "),
    ("redirects", lambda net, d: net.lab.sysctl(
        "r1", net__ipv4__conf__all__send_redirects=1),
     "set net.ipv4.conf.all.send_redirects=0"),
]


@pytest.mark.parametrize("what,forget,word", FORGOTTEN,
                         ids=[f[0].replace(" ", "-") for f in FORGOTTEN])
def test_what_an_operator_forgets_is_said(net, daemon, what, forget, word):
    try:
        forget(net, daemon)
        daemon.start()
        net.lab.wait(lambda: any(
            word in line for line in daemon.log().splitlines()),
            f"a line about {what}", 5)
    finally:
        net.lab.sysctl("r1", net__ipv4__ip_forward=1,
                       net__ipv4__conf__all__send_redirects=0)
        net.lab.run("nft", "delete", "table", "inet", "forgotten", ns="r1",
                    check=False)
        net.lab.run("ip", "-n", net.lab.ns_name("r1"), "addr", "del",
                    "192.168.44.77/24", "dev", "core", check=False)


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def check(daemon, *before):
    daemon.write_conf()
    for path in [daemon.path, *re.findall('"(/[^"]*)"',
                                          " ".join(daemon.conf.tls))]:
        os.chown(path, *[65534 if before else 0] * 2)
        os.chmod(path, 0o600)
    return subprocess.run([*before, SROAMD, "-n", "-f", daemon.path],
                          stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=20)


def test_n_checks_without_root(net, daemon):
    done = check(daemon, *NOBODY)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("who", [[], NOBODY], ids=["root", "nobody"])
def test_n_has_an_engine_try_the_keys(net, daemon, who):
    daemon.conf.tls = CA(net.lab, "good").statement("r1", "10.9.9.9")
    done = check(daemon, *who)
    assert done.returncode == 0 and "OK" in done.stderr, done.stderr
    daemon.conf.tls = mixed_pair(net)
    done = check(daemon, *who)
    assert done.returncode == 1 and "OK" not in done.stderr, done.stderr
    assert done.stderr.endswith(
        "sroamd: tls: key and cert do not belong together\n"), done.stderr


def test_the_parent_starts_nothing_once_it_runs(daemon):
    """Its filter of system calls is on; what it forbids is a unit test's."""
    daemon.start()
    for role, pid in daemon.processes().items():
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            status = dict(line.split(":\t", 1) for line in f)
        assert status["Seccomp"].strip() == "2", role
        assert status["NoNewPrivs"].strip() == "1", role
        assert status["Name"].strip() == ("sroamd" if role == "parent" else
                                          "sroamd-" + role)


USERS = {"engine": 54001, "frontend": 54002, "signer": 54003,
         "resolver": 54004}


def with_users(net):
    """sroamd on a machine that has them, for itself alone."""
    with open("/etc/passwd", encoding="ascii") as f:
        lines = f.read() + "".join(
            f"nobody_{name}:x:{uid}:{uid}::/nonexistent:/bin/false\n"
            for name, uid in USERS.items())
    passwd = net.lab.write("passwd", lines, 0o644)
    path = net.lab.write("with-users", f"""#!/bin/sh
exec unshare -m --propagation private sh -c 'mount --bind "{passwd}" \\
    /etc/passwd && exec "{SROAMD}" "$@"' sh "$@"
""", 0o755)
    return path


def ids(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        status = dict(line.split(":", 1) for line in f)
    return {int(n) for key in ("Uid", "Gid", "Groups")
            for n in status[key].split()}


def test_each_process_has_a_user_of_its_own(net, daemon):
    """And before there were such users, all had one: the table goes along."""
    daemon.conf.extra = ["peer somewhere.invalid port 4445 no tls"]
    daemon.start()
    for role, pid in daemon.processes().items():
        assert ids(pid) == ({0} if role == "parent" else {65534}), role
    table = os.path.join(daemon.conf.state, "engine", "table")
    net.lab.wait(lambda: os.path.getsize(table) > 0, "a table", 5)
    assert daemon.stop() == 0
    assert os.stat(table).st_uid == 65534
    said = len(daemon.log())
    daemon.program = with_users(net)
    daemon.start()
    roles = daemon.processes()
    assert set(roles) == {"parent", *USERS}
    for role, pid in roles.items():
        assert ids(pid) == ({0} if role == "parent" else {USERS[role]}), role
    assert os.stat(table).st_uid == USERS["engine"]
    assert os.stat(os.path.dirname(table)).st_uid == USERS["engine"]
    assert not any(word in daemon.log()[said:] for word in (
        "may not be read", "memory only", "starting without"))


# Whose programs the children are.

def copy_of(net, name, mode=0o755, uid=0, folder_mode=0o755):
    """A program for -o in a folder of its own."""
    folder = net.lab.path(f"programs.{name}.{mode:o}.{uid}.{folder_mode:o}")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "sroamd-" + name)
    shutil.copy(SROAMD + "-" + name, path)
    os.chmod(path, mode)
    os.chown(path, uid, 0)
    os.chmod(folder, folder_mode)
    return path


def start_with(net, daemon, option):
    daemon.write_conf()
    return subprocess.run(
        ["ip", "netns", "exec", net.lab.ns_name("r1"), SROAMD, "-d", "-o",
         option, "-f", daemon.path, "-s", daemon.socket],
        stdin=subprocess.DEVNULL, text=True, capture_output=True, timeout=20)


@pytest.mark.parametrize("how", [
    {"uid": 65534}, {"mode": 0o775}, {"mode": 0o757}, {"folder_mode": 0o777},
    {"mode": 0o644}], ids=lambda how: " ".join(f"{k}={v:o}" for k, v
                                               in how.items()))
@pytest.mark.parametrize("name", ["engine", "frontend"])
def test_a_program_that_is_not_roots_alone_is_refused(net, daemon, name, how):
    path = copy_of(net, name, **how)
    done = start_with(net, daemon, f"{name}={path}")
    lines = faults(done.stderr)
    assert done.returncode == 1 and len(lines) == 1, lines
    assert path in lines[0], lines
    assert "not a program" in lines[0] if how == {"mode": 0o644} else \
        "must be root's" in lines[0], lines


@pytest.mark.parametrize("option", ["engine", "engine=relative",
                                    "parent=/bin/true", "x=/bin/true"])
def test_what_names_no_child_is_refused(net, daemon, option):
    done = start_with(net, daemon, option)
    assert done.returncode == 1, done.stderr
    assert f"-o {option}: not a child" in done.stderr


@pytest.mark.parametrize("name", ["engine", "frontend", "signer"])
def test_an_upgrade_that_is_half_done_is_noticed(net, daemon, name):
    """One line; and nothing has been touched."""
    before, path = state_of(net), copy_of(net, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(f'#!/bin/sh\nshift\nexec "{SROAMD}-{name}" '
                '2.0.0-of-yesterday "$@"\n')
    done = start_with(net, daemon, f"{name}={path}")
    lines = faults(done.stderr)
    assert done.returncode == 1 and len(lines) == 1, lines
    assert f"{path} is not of the same build as sroamd" in lines[0]
    assert state_of(net) == before


def test_a_child_is_not_for_users_to_start(net):
    for name in "engine", "frontend", "resolver", "signer", "examiner":
        done = subprocess.run([SROAMD + "-" + name], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True)
        assert done.returncode == 1 and "by hand" in done.stderr


def test_a_long_list_of_hosts_is_taken(daemon):
    """The C library sorts it by another way than a short one."""
    daemon.conf.extra = [
        f"host h{i} lladdr 02:00:00:00:01:{i:02x} address 192.168.44.{i}"
        for i in range(2, 250)]
    daemon.start()
    daemon.conf.extra.pop()
    daemon.reload()
    assert daemon.show("status")["name"] == "r1"
