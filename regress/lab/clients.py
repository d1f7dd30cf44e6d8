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
    release = signal.SIGTERM

    def __init__(self, lab, station, args, private=()):
        self.lab, self.station = lab, station
        self.proc = lab.spawn(f"{station}-{self.name}", args, ns=station,
                              private=private)

    def kick(self):
        """Renew now, where the client can be told so."""
        raise NotImplementedError(self.name)

    def stop(self):
        return self.proc.stop()


class Udhcpc(Client):
    name = "udhcpc"

    def __init__(self, lab, station, ifname="eth0", release=False):
        script = lab.write("udhcpc.sh", UDHCPC_SCRIPT, 0o755)
        super().__init__(lab, station, [
            "busybox", "udhcpc", "-f", "-i", ifname, "-s", script, "-t", "8",
            "-T", "1", "-A", "2", "-x",
            "hostname:" + station,
            "-p", lab.path(station + "-udhcpc.pid")]
            + (["-R"] if release else []))

    def kick(self):
        self.proc.send(signal.SIGUSR1)

    def release_lease(self):
        self.proc.send(signal.SIGUSR2)


class Dhclient(Client):
    name = "dhclient"

    def __init__(self, lab, station, ifname="eth0"):
        script = lab.write("dhclient.sh", DHCLIENT_SCRIPT, 0o755)
        conf = lab.write("dhclient.conf", "timeout 20;\nretry 2;\n"
                         "initial-interval 1;\nreboot 5;\n")
        # A copy: on machines with AppArmor the profile goes by the path and
        # would keep it from our files.
        binary = lab.path("dhclient")
        if not os.path.exists(binary):
            shutil.copy(shutil.which("dhclient", path="/usr/sbin:/sbin"),
                        binary)
        self.args = [binary, "-4", "-cf", conf, "-sf", script,
                     "-lf", lab.path(station + ".leases"),
                     "-pf", lab.path(station + "-dhclient.pid")]
        self.ifname = ifname
        super().__init__(lab, station, self.args + ["-d", "-v", ifname])

    def release_lease(self):
        self.lab.run(*self.args, "-r", self.ifname, ns=self.station)


class Dhcpcd(Client):
    name = "dhcpcd"

    def __init__(self, lab, station, ifname="eth0", ipv6=False):
        conf = lab.write(station + "-dhcpcd.conf", DHCPCD_CONF.format(
            family="" if ipv6 else "ipv4only"))
        super().__init__(lab, station, [
            "dhcpcd", "-B", "-d", "-f", conf, "-c", "/bin/true", ifname],
            private=["/run", "/var/lib/dhcpcd"])

    def kick(self):
        self.proc.send(signal.SIGHUP)


CLIENTS = {c.name: c for c in (Udhcpc, Dhclient, Dhcpcd)}
