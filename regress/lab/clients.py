# SPDX-License-Identifier: ISC
"""Real DHCP clients as they ship, in a station's namespace, without touching
the machine's resolv.conf, leases or pid files."""

import os
import shutil
import signal

# What both scripts do with a lease: the address, a host route to the router
# (it is outside of the /32) and the default route through it.
_SET = """
set_lease() {           # interface address prefixlen router
	ip addr replace "$2/$3" dev "$1"
	ip route replace "$4/32" dev "$1" scope link
	ip route replace default via "$4" dev "$1"
}
"""

UDHCPC_SCRIPT = """#!/bin/sh
# udhcpc's hook: $1 is what happened, the rest is in the environment.
""" + _SET + """
echo "$1 ${ip:-} ${lease:-}"
case $1 in
bound|renew)
	set_lease "$interface" "$ip" "${mask:-32}" "${router%% *}"
	;;
deconfig)
	ip link set "$interface" up
	ip -4 addr flush dev "$interface"
	;;
esac
"""

DHCLIENT_SCRIPT = """#!/bin/sh
# dhclient's hook: $reason is what happened.
""" + _SET + """
echo "$reason ${new_ip_address:-} ${new_dhcp_lease_time:-}"
case $reason in
PREINIT)
	ip link set "$interface" up
	;;
BOUND|RENEW|REBIND|REBOOT)
	# Another has it: what the script says ends in a DECLINE.
	if [ -n "${DHCLIENT_ACD:-}" ] && [ "$reason" = BOUND ] &&
	    ! busybox arping -q -D -c 1 -w 1 -I "$interface" "$new_ip_address"
	then
		exit 1
	fi
	if [ -n "${old_ip_address:-}" ] &&
	    [ "$old_ip_address" != "$new_ip_address" ]; then
		ip -4 addr flush dev "$interface"
	fi
	set_lease "$interface" "$new_ip_address" 32 "${new_routers%% *}"
	;;
EXPIRE|FAIL|RELEASE|STOP)
	ip -4 addr flush dev "$interface"
	;;
TIMEOUT)
	exit 1
	;;
esac
exit 0
"""

DHCPCD_CONF = """\
{family}
duid ll
option classless_static_routes, routers, domain_name_servers
nohook resolv.conf, hostname, timesyncd
noipv4ll
"""


class Client:
    """A DHCP client of a station; end it with stop()."""
    releases = True         # whether it sends a RELEASE on request
    declines = True         # an address that another has
    remembers = True        # its address, when the power was off

    def __init__(self, lab, station, args, **kw):
        self.lab, self.station, self.args, self.kw = lab, station, args, kw
        self.start()

    def start(self):
        self.proc = self.lab.spawn(f"{self.station}-{self.name}", self.args,
                                   ns=self.station, **self.kw)

    def kick(self):
        """Renew now, if the client has a command for it."""
        raise NotImplementedError(self.name)

    def release_lease(self):
        """Give the lease back; again() asks for one."""
        raise NotImplementedError(self.name)

    def again(self):
        self.start()

    def stop(self):
        return self.proc.stop()

    def crash(self):
        """The power is off: nothing is said, what is on disk stays."""
        self.proc.popen.kill()
        self.proc.popen.wait()


class Udhcpc(Client):
    name = "udhcpc"
    remembers = False

    def __init__(self, lab, station, ifname="eth0", release=False,
                 acd=False):
        script = lab.write("udhcpc.sh", UDHCPC_SCRIPT, 0o755)
        super().__init__(lab, station, [
            "busybox", "udhcpc", "-f", "-i", ifname, "-s", script, "-t", "8",
            "-T", "1", "-A", "2", "-x",
            "hostname:" + station,
            "-p", lab.path(station + "-udhcpc.pid")]
            + (["-R"] if release else []) + (["-a"] if acd else []))

    def kick(self):
        self.proc.send(signal.SIGUSR1)

    again = kick

    def release_lease(self):
        self.proc.send(signal.SIGUSR2)


class Dhclient(Client):
    name = "dhclient"

    def __init__(self, lab, station, ifname="eth0", acd=False):
        script = lab.write("dhclient.sh", DHCLIENT_SCRIPT, 0o755)
        conf = lab.write("dhclient.conf", "timeout 20;\nretry 2;\n"
                         "initial-interval 1;\nreboot 5;\n")
        # A copy: on machines with AppArmor the profile goes by the path and
        # would keep it from our files.
        binary = lab.path("dhclient")
        if not os.path.exists(binary):
            shutil.copy(shutil.which("dhclient", path="/usr/sbin:/sbin"),
                        binary)
        self.ifname = ifname
        self.base = [binary, "-4", "-cf", conf, "-sf", script,
                     "-lf", lab.path(station + ".leases"),
                     "-pf", lab.path(station + "-dhclient.pid")]
        if acd:
            self.base += ["-e", "DHCLIENT_ACD=yes"]
        super().__init__(lab, station, self.base + ["-d", "-v", ifname])

    def release_lease(self):
        self.lab.run(*self.base, "-r", self.ifname, ns=self.station)


class Dhcpcd(Client):
    name = "dhcpcd"

    def __init__(self, lab, station, ifname="eth0", ipv6=False):
        conf = lab.write(station + "-dhcpcd.conf", DHCPCD_CONF.format(
            family="" if ipv6 else "ipv4only"))
        store = lab.path(station + "-dhcpcd.state")
        os.makedirs(store, exist_ok=True)
        super().__init__(lab, station, [
            "dhcpcd", "-B", "-d", "-f", conf, "-c", "/bin/true", ifname],
            setup="mount -n -t tmpfs tmpfs /run && mount -n --bind "
            f'{store} /var/lib/dhcpcd && exec "$@"')

    def kick(self):
        self.proc.send(signal.SIGHUP)

    def release_lease(self):
        self.proc.stop(signal.SIGALRM)


CLIENTS = {c.name: c for c in (Udhcpc, Dhclient, Dhcpcd)}
