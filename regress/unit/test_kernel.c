/* SPDX-License-Identifier: ISC */
/*
 * The parent's side of the kernel against the kernel itself.  Every test has
 * a network namespace of its own: br0 with ports p0 and p1, whose other ends
 * q0 and q1 are the stations' side, and up0, the way to the other routers.
 */
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/news.h"
#include "kernel/nlmsg.h"
#include "kernel/reconcile.h"
#include "kernel/rule.h"
#include "kernel/sock.h"
#include "kernel/state.h"
#include "loop.h"
#include "stub_log.h"

#define PATIENCE	5000		/* ms */

static struct kernel		*k;
static struct conf		*conf;
static struct sighting		 sightings[64];
static unsigned int		 nsightings;
static struct link		 links[64];
static unsigned int		 nlinks;
static struct route		 adopted[64];
static struct prefix		 appeared[64];
static unsigned int		 nadopted;
static unsigned int		 nappeared;
static struct footprint		 told;

static const struct mac sta = { { 2, 0, 0, 0, 0, 7 } };
static const struct router_id r2 = { { 2, 0, 0, 0, 0, 0, 0, 2 } };
static const struct router_id r3 = { { 2, 0, 0, 0, 0, 0, 0, 3 } };

/* In place of the C library's, for libevent, too: a clock that can be set. */
static time_t			 clock_step;

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec + clock_step;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

/* A command of ip(8): its exit status. */
static int __attribute__((format(printf, 1, 2)))
sh(const char *fmt, ...)
{
	char cmd[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

static void __attribute__((format(printf, 1, 2)))
do_ip(const char *fmt, ...)
{
	char cmd[400] = "ip ";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd + 3, sizeof(cmd) - 3, fmt, ap);
	va_end(ap);
	if (system(cmd) != 0)
		fail_msg("failed: %s", cmd);
}

/* Whether `ip what` prints a line that has all of `text`. */
static bool
ip_shows(const char *what, const char *text)
{
	return sh("ip %s 2>/dev/null | tr -s '\\t ' ' ' | grep -qF -- '%s'",
	    what, text) == 0;
}

static unsigned int
ip_lines(const char *what)
{
	char cmd[400];
	unsigned int n = 0;
	FILE *f;
	int c;

	snprintf(cmd, sizeof(cmd), "ip %s 2>/dev/null", what);
	assert_non_null(f = popen(cmd, "r"));
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	pclose(f);
	return n;
}

static void
on_link(void *arg, const struct link *l)
{
	(void)arg;
	assert_in_range(nlinks, 0, 63);
	links[nlinks++] = *l;
}

static void
on_sighting(void *arg, const struct sighting *s)
{
	(void)arg;
	assert_in_range(nsightings, 0, 63);
	sightings[nsightings++] = *s;
}

static void
on_adopt(void *arg, const struct route *r)
{
	(void)arg;
	assert_in_range(nadopted, 0, 63);
	adopted[nadopted++] = *r;
}

static void
on_route(void *arg, const struct prefix *prefix)
{
	(void)arg;
	assert_in_range(nappeared, 0, 63);
	appeared[nappeared++] = *prefix;
}

static void
on_footprint(void *arg, const struct footprint *fp)
{
	(void)arg;
	told = *fp;
}

static void
forget(void)
{
	nsightings = nlinks = nadopted = nappeared = 0;
	stub_log_clear();
}

static void
open_kernel(void)
{
	const struct kernel_ops ops = { on_link, on_sighting, on_adopt,
	    on_route, NULL, on_footprint };

	assert_non_null(k = kernel_open(base, &ops));
	kernel_former(k, &told);
	assert_int_equal(kernel_conf(k, conf), 0);
}

static void
add_prefix(const char *text)
{
	assert_int_equal(prefix_parse(text,
	    &conf->networks[0].prefixes[conf->networks[0].nprefixes++]), 0);
}

static struct conf_iface *
add_iface(const char *name)
{
	struct conf_iface i = { 0 };

	strlcpy(i.name, name, sizeof(i.name));
	assert_int_equal(conf_add_iface(conf, &i), 0);
	return &conf->ifaces[conf->nifaces - 1];
}

static int
setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	forget();
	sh("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
	do_ip("link set lo up");
	do_ip("link add br0 type bridge");
	do_ip("link add p0 type veth peer name q0");
	do_ip("link add p1 type veth peer name q1");
	do_ip("link add up0 type veth peer name up1");
	do_ip("link set p0 master br0");
	do_ip("link set p1 master br0");
	/* Silent but for what a test sends. */
	sh("for i in p0 q0 p1 q1 up1; do "
	    "sysctl -qw net.ipv6.conf.$i.disable_ipv6=1; done");
	sh("for i in br0 p0 q0 p1 q1 up0 up1; do ip link set $i up; done");
	/* A port's carrier is news that the kernel tells at its leisure. */
	sh("timeout 10 sh -c 'for i in p0 p1; do until bridge -o link show "
	    "dev $i | grep -q forwarding; do sleep 0.01; done; done'");
	do_ip("addr add 192.168.44.1/32 dev br0");
	do_ip("addr add 10.0.0.1/24 dev up0");
	do_ip("addr add fd00::1/64 dev up0 nodad");
	do_ip("route add 10.1.1.2/32 via 10.0.0.2");
	do_ip("route add 2001:db8:1::2/128 via fe80::2 dev up0");
	assert_non_null(base = event_base_new());
	assert_non_null(conf = conf_new());
	add_prefix("192.168.44.0/24");
	add_prefix("2001:db8:1234::/48");
	add_iface("br0");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kernel_close(k, false);
	k = NULL;
	conf_free(conf);
	conf = NULL;
	if (base != NULL)
		event_base_free(base);
	base = NULL;
	memset(&told, 0, sizeof(told));
	forget();
	return 0;
}

#define NEEDS_ROOT() do { if (base == NULL) skip(); } while (0)

static struct route
route(const char *prefix, enum route_kind kind, const struct router_id *r)
{
	struct route rt = { .kind = kind };

	assert_int_equal(prefix_parse(prefix, &rt.prefix), 0);
	if (kind == ROUTE_LOCAL) {
		rt.ifindex = if_nametoindex("br0");
		rt.mac = sta;
		if (!prefix_is_v4(&rt.prefix))
			assert_int_equal(addr_parse("fe80::7", &rt.gateway),
			    0);
	}
	if (r != NULL)
		rt.router = *r;
	return rt;
}

static int
set(const char *prefix, enum route_kind kind, const struct router_id *r)
{
	struct route rt = route(prefix, kind, r);

	return kernel_route(k, &rt);
}

static int
router(const struct router_id *id, const char *a4, const char *a6)
{
	struct nexthop nh = { .router = *id };

	if (a4 != NULL)
		assert_int_equal(addr_parse(a4, &nh.addr4), 0);
	if (a6 != NULL)
		assert_int_equal(addr_parse(a6, &nh.addr6), 0);
	return kernel_nexthop(k, &nh);
}

/* A frame from a station into the other end of a port; type is in order. */
static void
frame_comes(const char *from, const struct mac *mac, const uint8_t type[8])
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(from)
	};
	uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	int fd;

	memcpy(frame + 6, mac, 6);
	memcpy(frame + 12, type, 8);
	assert_int_not_equal(fd = socket(AF_PACKET, SOCK_RAW, 0), -1);
	assert_int_equal(sendto(fd, frame, sizeof(frame), 0,
	    (struct sockaddr *)&sll, sizeof(sll)), (int)sizeof(frame));
	close(fd);
}

static void
station_sends(const char *from, const struct mac *mac)
{
	static const uint8_t for_experiments[8] = { 0x88, 0xb5 };

	frame_comes(from, mac, for_experiments);
}

/* On a busy machine the bridge does so a moment later. */
static bool
learned(const struct mac *mac)
{
	return sh("bridge fdb show br br0 | grep -q %s", mac_text(mac)) == 0;
}

static void
assert_sighting(unsigned int i, enum sighting_kind kind, const char *port)
{
	assert_in_range(i, 0, nsightings - 1);
	assert_int_equal(sightings[i].kind, kind);
	assert_int_equal(sightings[i].port, if_nametoindex(port));
	assert_int_equal(sightings[i].ifindex, if_nametoindex("br0"));
	assert_memory_equal(&sightings[i].mac, &sta, sizeof(sta));
}

static void
stations_join_move_and_leave(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(links[0].source, SOURCE_BRIDGE);
	assert_int_equal(nsightings, 0);	/* ports' own MACs are none */
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	assert_sighting(0, SIGHTING_JOINED, "p0");
	station_sends("q1", &sta);
	WAIT(nsightings == 2);
	assert_sighting(1, SIGHTING_JOINED, "p1");
	do_ip("link set q1 down");
	WAIT(nsightings == 3);
	assert_sighting(2, SIGHTING_LEFT, "p1");
	station_sends("q0", &sta);
	WAIT(nsightings == 4);
	assert_sighting(3, SIGHTING_JOINED, "p0");
}

static void
a_station_found_at_start_is_present(void **state)
{
	(void)state;
	NEEDS_ROOT();
	station_sends("q0", &sta);
	WAIT(learned(&sta));
	open_kernel();
	assert_int_equal(nsightings, 1);
	assert_sighting(0, SIGHTING_PRESENT, "p0");
}

static void
only_listed_ports_have_stations(void **state)
{
	(void)state;
	NEEDS_ROOT();
	conf->ifaces[0].nports = 1;
	strlcpy(conf->ifaces[0].ports[0], "p1", 16);
	open_kernel();
	station_sends("q0", &sta);
	station_sends("q1", &sta);
	WAIT(nsightings >= 1);
	assert_sighting(0, SIGHTING_JOINED, "p1");
	assert_int_equal(nsightings, 1);
}

/* A refresh is no news: what has gone elsewhere must be forgotten here. */
static void
a_return_to_the_same_port_is_news(void **state)
{
	struct disassociate d = { .mac = sta };

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	turn();
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	turn();
	station_sends("q0", &sta);
	WAIT(nsightings == 2);
	assert_sighting(1, SIGHTING_JOINED, "p0");

	d.ifindex = if_nametoindex("br0");
	d.port = if_nametoindex("p0");
	assert_int_equal(kernel_disassociate(k, &d), 0);
	turn();
	station_sends("q0", &sta);
	WAIT(nsightings == 3);
	assert_sighting(2, SIGHTING_JOINED, "p0");
}

static bool
entry_at(const char *port, const char *more)
{
	return sh("bridge fdb show br br0 | grep '^%s dev %s ' | grep -q "
	    "'%s'", mac_text(&sta), port, more) == 0;
}

/* Frames at another port move it only when it is let go. */
static void
a_pinned_station_stays_at_its_port(void **state)
{
	struct pin p = { .mac = sta, .held = 1 };

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	p.ifindex = if_nametoindex("br0");
	p.port = if_nametoindex("p0");
	assert_int_equal(kernel_pin(k, &p), 0);
	WAIT(entry_at("p0", "sticky"));
	station_sends("q1", &sta);
	turn();
	assert_true(entry_at("p0", "sticky"));
	assert_int_equal(nsightings, 1);
	p.held = 0;
	assert_int_equal(kernel_pin(k, &p), 0);
	WAIT(!entry_at("p0", "sticky"));
	station_sends("q1", &sta);
	WAIT(nsightings == 2);
	assert_sighting(1, SIGHTING_JOINED, "p1");
	/* One that the bridge does not know is not made. */
	assert_int_equal(sh("bridge fdb del %s dev p1 master",
	    mac_text(&sta)), 0);
	WAIT(nsightings == 3);
	p.held = 1;
	assert_int_equal(kernel_pin(k, &p), 0);
	turn();
	assert_false(learned(&sta));
	p.ifindex = 9999;
	assert_int_equal(kernel_pin(k, &p), -1);
}

static void
at_exit_no_station_is_kept(void **state)
{
	struct pin p = { .mac = sta, .held = 1 };

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	p.ifindex = if_nametoindex("br0");
	p.port = if_nametoindex("p0");
	assert_int_equal(kernel_pin(k, &p), 0);
	WAIT(entry_at("p0", "sticky"));
	kernel_close(k, true);
	assert_true(learned(&sta));
	assert_false(entry_at("p0", "sticky"));
	open_kernel();
}

static void
a_port_that_a_former_run_has_pinned_is_free_again(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_int_equal(sh("bridge fdb add %s dev p0 master dynamic sticky",
	    mac_text(&sta)), 0);
	open_kernel();
	WAIT(!entry_at("p0", "sticky"));
	forget();
	station_sends("q1", &sta);
	WAIT(nsightings >= 1);
	assert_sighting(0, SIGHTING_JOINED, "p1");
}

/* Linux would move it by any frame. */
static void
a_static_entry_is_made_to_stay(void **state)
{
	int i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 2; i++) {
		if (i == 1)
			open_kernel();
		assert_int_equal(sh("bridge fdb replace %s dev p0 master "
		    "static", mac_text(&sta)), 0);
		if (i == 0)
			open_kernel();
		WAIT(entry_at("p0", "sticky"));
		assert_true(entry_at("p0", "static"));
		station_sends("q1", &sta);
		turn();
		assert_true(entry_at("p0", "sticky"));
		assert_int_equal(sh("bridge fdb del %s dev p0 master",
		    mac_text(&sta)), 0);
		kernel_close(k, true);
	}
	open_kernel();
}

/* With learning off no frame is learned: what is static is a station. */
static void
a_static_entry_is_a_station_until_it_is_removed(void **state)
{
	static const char *const entries[] = {
		"static", "static sticky", "dynamic", "dynamic extern_learn"
	};
	static const uint8_t fixed[] = { 1, 1, 0, 0 };
	size_t i;

	(void)state;
	NEEDS_ROOT();
	do_ip("link set p0 type bridge_slave learning off");
	for (i = 0; i < 4; i++) {
		open_kernel();
		assert_int_equal(sh("bridge fdb replace %s dev p0 master %s",
		    mac_text(&sta), entries[i]), 0);
		WAIT(nsightings == 1);
		assert_sighting(0, SIGHTING_JOINED, "p0");
		assert_int_equal(sightings[0].fixed, fixed[i]);
		/* Elsewhere for us, and the operator's all the same. */
		kernel_disassociate(k, &(struct disassociate){
		    .ifindex = if_nametoindex("br0"), .mac = sta });
		turn();
		assert_int_equal(entry_at("p0", ""), fixed[i]);
		station_sends("q0", &sta);
		turn();
		assert_int_equal(nsightings, 1);
		if (fixed[i]) {
			kernel_close(k, false);
			forget();
			open_kernel();
			WAIT(nsightings == 1);
			assert_sighting(0, SIGHTING_PRESENT, "p0");
			assert_int_equal(sightings[0].fixed, 1);
			assert_int_equal(sh("bridge fdb del %s dev p0 master",
			    mac_text(&sta)), 0);
			WAIT(nsightings == 2);
			assert_sighting(1, SIGHTING_LEFT, "p0");
		}
		kernel_close(k, true);
		forget();
	}
	open_kernel();
}

static void
an_entry_that_becomes_static_is_reported_again(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	assert_int_equal(sightings[0].fixed, 0);
	assert_int_equal(sh("bridge fdb replace %s dev p0 master static",
	    mac_text(&sta)), 0);
	WAIT(nsightings == 2);
	assert_sighting(1, SIGHTING_JOINED, "p0");
	assert_int_equal(sightings[1].fixed, 1);
	/* It is made sticky by us, which is no news. */
	WAIT(entry_at("p0", "sticky"));
	turn();
	assert_int_equal(nsightings, 2);
}

static void
an_isolated_port_is_reported(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("link set p0 type bridge_slave isolated on");
	open_kernel();
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	assert_int_equal(sightings[0].isolated, 1);
	do_ip("link set p1 type bridge_slave isolated on");
	turn();
	do_ip("link set p1 type bridge_slave isolated off");
	turn();
	station_sends("q1", &sta);
	WAIT(nsightings == 2);
	assert_int_equal(sightings[1].isolated, 0);
}

static void
lost_bridge_events_are_made_up_for(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	/* As if its event had been dropped. */
	netlink_monitor_close(k->neighs);
	station_sends("q0", &sta);
	WAIT(learned(&sta));
	assert_int_equal(fdb_open(k), 0);
	turn();
	assert_int_equal(nsightings, 0);
	fdb_dump(k);
	assert_int_equal(nsightings, 1);
	assert_int_equal(k->nfdb, 1);
	netlink_monitor_close(k->neighs);
	do_ip("link set q0 down");
	WAIT(!learned(&sta));
	assert_int_equal(fdb_open(k), 0);
	fdb_dump(k);
	/* Where the bridge changes meanwhile, the dump is made again. */
	WAIT(nsightings == 2);
	assert_sighting(1, SIGHTING_LEFT, "p0");
}

/* Whatever the order in which the kernel's two sockets are read. */
static void
a_port_that_is_plugged_brings_its_station(void **state)
{
	unsigned int first;

	(void)state;
	NEEDS_ROOT();
	do_ip("link set p1 nomaster");
	for (first = 0; first < 2; first++) {
		forget();
		open_kernel();
		do_ip("link set p1 master br0");
		station_sends("q1", &sta);
		netlink_monitor_read(first ? k->links : k->neighs);
		WAIT(nsightings == 1);
		assert_sighting(0, SIGHTING_JOINED, "p1");
		do_ip("link set p1 nomaster");
		netlink_monitor_read(first ? k->links : k->neighs);
		WAIT(nsightings == 2);
		assert_sighting(1, SIGHTING_LEFT, "p1");
		kernel_close(k, false);
	}
	/* And one that is no more: its number is, too. */
	do_ip("link set p1 master br0");
	forget();
	open_kernel();
	station_sends("q1", &sta);
	WAIT(nsightings == 1);
	do_ip("link del p1");
	netlink_monitor_read(k->links);
	WAIT(nsightings == 2);
	assert_int_equal(sightings[1].kind, SIGHTING_LEFT);
	assert_int_equal(sightings[1].port, sightings[0].port);
}

/* Then a silent station may be behind it: the engine asks. */
static void
a_port_that_gets_its_carrier_is_told(void **state)
{
	static const char *const there_and_back[][2] = {
		{ "link set q1 down", "link set q1 up" },
		{ "link set p1 down", "link set p1 up" },
		{ "link set p1 nomaster", "link set p1 master br0" },
	};
	uint8_t before;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	for (i = 0; i < 3; i++) {
		do_ip("%s", there_and_back[i][0]);
		WAIT(!ip_shows("link show p1", "LOWER_UP") ||
		    !ip_shows("link show p1", "master"));
		netlink_monitor_read(k->links);
		turn();
		forget();
		before = TAILQ_FIRST(&k->ifaces)->returns;
		do_ip("%s", there_and_back[i][1]);
		WAIT(nlinks > 0);
		assert_true(links[nlinks - 1].returns != before);
		assert_int_equal(links[nlinks - 1].up, 1);
	}
	/* Another's is nothing to us. */
	forget();
	do_ip("link set up1 down");
	WAIT(ip_shows("link show up0", "NO-CARRIER"));
	do_ip("link set up1 up");
	WAIT(!ip_shows("link show up0", "NO-CARRIER"));
	turn();
	assert_int_equal(nlinks, 0);
}

static void
local_routes_stand_in_all_places(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_true(ip_shows("rule", "1000: from all lookup 44 proto 44"));
	assert_true(ip_shows("-6 rule", "1000: from all lookup 44 proto 44"));
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	turn();
	assert_true(ip_shows("route",
	    "192.168.44.5 dev br0 proto 44 scope link metric 10"));
	assert_true(ip_shows("route show table 44",
	    "192.168.44.5 dev br0 proto 44 scope link"));
	assert_true(ip_shows("neigh show dev br0",
	    "192.168.44.5 lladdr 02:00:00:00:00:07 PERMANENT proto 44"));
	assert_true(ip_shows("-6 route",
	    "2001:db8:1234:5::/64 dev br0 proto 44 metric 10"));
	assert_true(ip_shows("-6 route show table 44",
	    "2001:db8:1234:5::/64 via fe80::7 dev br0 proto 44"));

	assert_int_equal(set("192.168.44.5/32", ROUTE_NONE, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_NONE, NULL), 0);
	turn();
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("-6 route show table 44"), 0);
	assert_int_equal(ip_lines("route show proto 44"), 0);
	assert_int_equal(ip_lines("-6 route show proto 44"), 0);
	assert_int_equal(ip_lines("neigh show dev br0"), 0);
	assert_int_equal(k->nroutes, 0);
}

static int
set_via(const char *prefix, const char *gateway)
{
	struct route rt = route(prefix, ROUTE_LOCAL, NULL);

	assert_int_equal(addr_parse(gateway, &rt.gateway), 0);
	return kernel_route(k, &rt);
}

static int
neigh(const char *addr, uint8_t last, bool present)
{
	struct neigh n = { .ifindex = if_nametoindex("br0"),
	    .present = present, .mac = sta };

	n.mac.octet[5] = last;
	assert_int_equal(addr_parse(addr, &n.addr), 0);
	return kernel_neigh(k, &n);
}

/* What a scan from outside does: a datagram to each of many addresses. */
static void
scan(unsigned int n)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = 9 };
	unsigned int i;
	int fd;

	assert_int_not_equal(fd = socket(AF_INET6, SOCK_DGRAM, 0), -1);
	for (i = 0; i < n; i++) {
		(void)inet_pton(AF_INET6, "2001:db8:1234:5:1::",
		    &sin6.sin6_addr);
		sin6.sin6_addr.s6_addr[15] = (uint8_t)i;
		assert_int_equal(sendto(fd, "", 1, 0,
		    (struct sockaddr *)&sin6, sizeof(sin6)), 1);
	}
	close(fd);
}

/* Then nobody outside can make the kernel look for its addresses. */
static void
a_prefix_goes_by_its_stations_linklocal_address(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	do_ip("addr add 2001:db8:ffff::1/128 dev lo");
	do_ip("-6 route add 2001:db8:1234:5::/64 dev br0 proto 7");
	scan(20);
	assert_int_equal(ip_lines("-6 neigh show dev br0 2>&1 | "
	    "grep 2001:db8:1234:5:1"), 20);
	do_ip("-6 route del 2001:db8:1234:5::/64 dev br0 proto 7");
	do_ip("-6 neigh flush dev br0 nud all 2>/dev/null");
	/* As long as there is none it is nowhere. */
	assert_int_equal(set_via("2001:db8:1234:5::/64", "::"), 0);
	turn();
	assert_int_equal(ip_lines("-6 route show table all proto 44"), 0);
	assert_int_equal(neigh("fe80::7", 7, true), 0);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "fe80::7"), 0);
	turn();
	assert_true(ip_shows("-6 route show table 44",
	    "2001:db8:1234:5::/64 via fe80::7 dev br0 proto 44"));
	assert_int_equal(ip_lines("-6 route show table 44"), 1);
	/* The routing daemon sees no change. */
	assert_true(ip_shows("-6 route show table main",
	    "2001:db8:1234:5::/64 dev br0 proto 44 metric 10"));
	assert_true(ip_shows("-6 neigh show dev br0",
	    "fe80::7 lladdr 02:00:00:00:00:07 PERMANENT proto 44"));
	scan(250);
	assert_int_equal(ip_lines("-6 neigh show dev br0 2>&1 | "
	    "grep 2001:db8:1234:5:1"), 0);

	/* It has another one from now on. */
	assert_int_equal(neigh("fe80::8", 7, true), 0);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "fe80::8"), 0);
	assert_int_equal(neigh("fe80::7", 7, false), 0);
	turn();
	assert_true(ip_shows("-6 route show table 44", "via fe80::8 dev br0"));
	assert_int_equal(ip_lines("-6 route show table 44"), 1);
	/* It was the next hop a moment ago: nobody is asked for it. */
	assert_true(ip_shows("-6 neigh show dev br0", "fe80::7"));
	WAIT(!ip_shows("-6 neigh show dev br0", "fe80::7"));
	assert_int_equal(k->stats.failed, 0);

	/* And it leaves for another router. */
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(neigh("fe80::8", 7, false), 0);
	turn();
	assert_true(ip_shows("-6 route show table 44", "via fe80::2 dev up0"));
	assert_int_equal(ip_lines("-6 route show table 44"), 1);
	WAIT(ip_lines("-6 neigh show dev br0 nud permanent") == 0);
	assert_int_equal(k->nneighs, 0);
}

static void
neighbours_are_kept_as_they_are_wanted(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("-6 neigh add fe80::66 lladdr 02:00:00:00:00:66 dev br0 "
	    "nud permanent protocol 44");
	do_ip("-6 neigh add fe80::67 lladdr 02:00:00:00:00:67 dev br0 "
	    "nud permanent");
	open_kernel();
	kernel_started(k);
	assert_int_equal(neigh("fe80::7", 7, true), 0);
	assert_int_equal(neigh("2001:db8:1234:5::7", 7, true), 0);
	turn();
	assert_true(ip_shows("-6 neigh show dev br0",
	    "2001:db8:1234:5::7 lladdr 02:00:00:00:00:07"));
	/* A late word on a station that is not its owner any more. */
	assert_int_equal(neigh("fe80::7", 9, false), 0);
	turn();
	assert_true(ip_shows("-6 neigh show dev br0", "fe80::7"));

	do_ip("-6 neigh del fe80::7 dev br0");
	WAIT(k->walk_step == 0);
	reconcile_start(k);
	WAIT(ip_shows("-6 neigh show dev br0", "fe80::7"));
	assert_false(ip_shows("-6 neigh show dev br0", "fe80::66"));
	assert_true(ip_shows("-6 neigh show dev br0", "fe80::67"));

	do_ip("link set br0 down");
	WAIT(nlinks > 0 && links[nlinks - 1].up == 0);
	do_ip("link set br0 up");
	WAIT(ip_shows("-6 neigh show dev br0", "fe80::7"));
	WAIT(ip_shows("-6 neigh show dev br0", "2001:db8:1234:5::7"));

	assert_int_equal(k->stats.refused, 0);
	assert_int_equal(neigh("2001:db8:9::7", 7, true), -1);
	do_ip("addr add fe80::44/64 dev br0 nodad");
	news_addrs(k);
	assert_int_equal(neigh("fe80::44", 7, true), -1);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "fe80::44"), -1);
	assert_int_equal(set_via("192.168.44.5/32", "fe80::7"), -1);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "2001:db8::1"), -1);
	assert_int_equal(k->stats.refused, 5);
	kernel_close(k, false);
	k = NULL;
	assert_false(ip_shows("-6 neigh show dev br0", "lladdr "
	    "02:00:00:00:00:07"));
}

/* A walk through all that is there, and what it mends. */
static void
reconcile(void)
{
	WAIT(k->walk_step == 0);
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	turn();
}

#define OURS		"lladdr 02:00:00:00:00:07 PERMANENT proto 44"

/* The addresses of a station that are neighbour entries, of each kind. */
static const struct {
	const char	*family, *addr;
} kinds[] = {
	{ "-4", "192.168.44.5" },
	{ "-6", "fe80::7" },
	{ "-6", "2001:db8:1234:5::7" },
};

#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

static bool
neigh_is(size_t i, const char *text)
{
	char what[100];

	snprintf(what, sizeof(what), "%s neigh show to %s dev br0",
	    kinds[i].family, kinds[i].addr);
	return text != NULL ? ip_shows(what, text) : ip_lines(what) == 0;
}

static void
neighs_of_station(uint8_t last)
{
	struct route rt = route("192.168.44.5/32", ROUTE_LOCAL, NULL);

	rt.mac.octet[5] = last;
	assert_int_equal(kernel_route(k, &rt), 0);
	assert_int_equal(neigh("fe80::7", last, true), 0);
	assert_int_equal(neigh("2001:db8:1234:5::7", last, true), 0);
	turn();
}

/* Every kind of entry against every other hand. */
static void
neighbours_of_all_kinds_are_put_back(void **state)
{
	static const char *const hands[] = {
		"del %s dev br0",
		"replace %s lladdr 02:00:00:00:00:09 dev br0 nud permanent",
		"replace %s lladdr 02:00:00:00:00:09 dev br0 nud reachable",
		"replace %s lladdr 02:00:00:00:00:07 dev br0 nud reachable",
		"replace %s lladdr 02:00:00:00:00:07 dev br0 nud noarp",
		"replace %s lladdr 02:00:00:00:00:07 dev br0 nud permanent "
		    "protocol 7",
		"replace %s lladdr 02:00:00:00:00:07 dev br0 nud reachable "
		    "extern_learn protocol 44",
	};
	char cmd[200];
	size_t i, h;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	kernel_started(k);
	neighs_of_station(7);
	reconcile();
	k->stats.repaired = 0;
	for (h = 0; h < sizeof(hands) / sizeof(hands[0]); h++) {
		for (i = 0; i < NKINDS; i++) {
			snprintf(cmd, sizeof(cmd), hands[h], kinds[i].addr);
			do_ip("%s neigh %s", kinds[i].family, cmd);
			assert_false(neigh_is(i, OURS));
		}
		reconcile();
		for (i = 0; i < NKINDS; i++)
			if (!neigh_is(i, OURS))
				fail_msg("%s after %s", kinds[i].addr,
				    hands[h]);
		assert_int_equal(k->stats.repaired, (h + 1) * NKINDS);
	}
	assert_non_null(strstr(stub_log_text(),
	    "neighbour 192.168.44.5: was gone, put back"));
	assert_non_null(strstr(stub_log_text(),
	    "neighbour fe80::7: was gone, put back"));
	reconcile();
	assert_int_equal(k->stats.repaired, h * NKINDS);

	/* Whatever the kernel drops them for, the link's doings repair. */
	do_ip("link set br0 down");
	WAIT(links[nlinks - 1].up == 0);
	reconcile();
	assert_int_equal(k->stats.repaired, h * NKINDS);
	do_ip("link set br0 up");
	for (i = 0; i < NKINDS; i++)
		WAIT(neigh_is(i, OURS));
	do_ip("link set br0 address 02:00:00:00:00:55");
	for (i = 0; i < NKINDS; i++)
		WAIT(neigh_is(i, OURS));
	/* At once, before any walk. */
	assert_int_equal(k->stats.repaired, h * NKINDS);
	assert_int_equal(k->stats.failed, 0);
}

/* The engine's word, and nothing else, says whose an address is. */
static void
neighbours_follow_the_engine(void **state)
{
	size_t i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	kernel_started(k);
	neighs_of_station(7);
	for (i = 0; i < NKINDS; i++)
		assert_true(neigh_is(i, OURS));
	/* Another station's now, and back, as one word or two. */
	neighs_of_station(8);
	for (i = 0; i < NKINDS; i++)
		assert_true(neigh_is(i, "02:00:00:00:00:08 PERMANENT"));
	neighs_of_station(7);
	for (i = 0; i < NKINDS; i++)
		assert_true(neigh_is(i, OURS));
	assert_int_equal(set("192.168.44.5/32", ROUTE_NONE, NULL), 0);
	neighs_of_station(9);
	for (i = 0; i < NKINDS; i++)
		assert_true(neigh_is(i, "02:00:00:00:00:09 PERMANENT"));

	/* It goes to another router, and then it ends. */
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	for (i = 1; i < NKINDS; i++)
		assert_int_equal(neigh(kinds[i].addr, 9, false), 0);
	turn();
	assert_true(neigh_is(0, NULL));
	for (i = 1; i < NKINDS; i++)
		WAIT(neigh_is(i, NULL));
	/* It leaves, and is back before they are gone. */
	neighs_of_station(9);
	for (i = 1; i < NKINDS; i++)
		assert_int_equal(neigh(kinds[i].addr, 9, false), 0);
	neighs_of_station(7);
	assert_true(TAILQ_EMPTY(&k->neigh_leavings));
	for (i = 0; i < NKINDS; i++)
		assert_true(neigh_is(i, OURS));
	assert_int_equal(set("192.168.44.5/32", ROUTE_NONE, NULL), 0);
	for (i = 1; i < NKINDS; i++)
		assert_int_equal(neigh(kinds[i].addr, 7, false), 0);
	turn();
	for (i = 0; i < NKINDS; i++)
		WAIT(neigh_is(i, NULL));
	assert_int_equal(ip_lines("neigh show dev br0 nud permanent"), 0);

	/* A reload takes its prefix away, and brings it back. */
	neighs_of_station(7);
	conf->networks[0].nprefixes = 1;
	assert_int_equal(kernel_conf(k, conf), 0);
	reconcile();
	assert_true(neigh_is(0, OURS));
	assert_true(neigh_is(1, OURS));
	assert_true(neigh_is(2, NULL));
	conf->networks[0].nprefixes = 2;
	assert_int_equal(kernel_conf(k, conf), 0);
	WAIT(neigh_is(2, OURS));
}

/* Of ours, of those before us who set them otherwise, and of strangers. */
static void
neighbours_of_a_killed_run_go_and_others_stay(void **state)
{
	static const struct {
		const char	*family, *addr, *how;
		bool		 stays;
	} rows[] = {
		{ "-4", "192.168.44.66", "dev br0 nud permanent protocol 44",
		  false },
		{ "-4", "192.168.44.67",
		  "dev br0 nud reachable extern_learn protocol 44", false },
		{ "-6", "fe80::66", "dev br0 nud permanent protocol 44",
		  false },
		{ "-6", "2001:db8:1234:66::1",
		  "dev br0 nud permanent protocol 44", false },
		{ "-6", "2001:db8:1234:67::1",
		  "dev br0 nud reachable extern_learn protocol 44", false },
		{ "-4", "192.168.44.68", "dev br0 nud permanent", true },
		{ "-4", "10.66.0.1", "dev br0 nud permanent protocol 44",
		  true },
		{ "-4", "192.168.44.69", "dev up0 nud permanent protocol 44",
		  true },
		{ "-6", "fe80::68", "dev br0 nud permanent", true },
		{ "-6", "2001:db8:1234:68::1", "dev br0 nud permanent",
		  true },
		{ "-6", "2001:db8:99::1",
		  "dev br0 nud permanent protocol 44", true },
		{ "-6", "fe80::69", "dev up0 nud permanent protocol 44",
		  true },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	unsigned int run;
	char what[100];
	size_t i;

	(void)state;
	NEEDS_ROOT();
	/* What goes does so as soon as the start is over, or the run ends. */
	for (run = 0; run < 2; run++) {
		for (i = 0; i < n; i++)
			do_ip("%s neigh replace %s lladdr 02:00:00:00:00:66 "
			    "%s", rows[i].family, rows[i].addr, rows[i].how);
		open_kernel();
		if (run == 0) {
			kernel_started(k);
			WAIT(k->walk_step == 0);
			turn();
		}
		for (i = 0; i < n && run == 0; i++) {
			snprintf(what, sizeof(what), "%s neigh show to %s",
			    rows[i].family, rows[i].addr);
			if ((ip_lines(what) != 0) != rows[i].stays)
				fail_msg("%s %s", rows[i].addr, rows[i].how);
		}
		kernel_close(k, false);
		k = NULL;
		for (i = 0; i < n; i++) {
			snprintf(what, sizeof(what), "%s neigh show to %s",
			    rows[i].family, rows[i].addr);
			if ((ip_lines(what) != 0) != rows[i].stays)
				fail_msg("%s %s", rows[i].addr, rows[i].how);
		}
	}
}

/*
 * An older version's, which ARP may have overridden, or the kernel's own: it
 * does not say whose the route is, and is not left as it is.
 */
static void
what_arp_may_have_changed_is_not_believed(void **state)
{
	static const char *const hows[] = {
		"nud reachable extern_learn protocol 44",
		"nud stale protocol 44", "nud reachable protocol 0",
		"nud permanent protocol 7"
	};
	static const struct mac none;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
		open_kernel();
		kernel_started(k);
		neighs_of_station(7);
		kernel_close(k, true);
		k = NULL;
		assert_true(neigh_is(0, OURS));
		do_ip("neigh replace 192.168.44.5 lladdr 02:00:00:00:00:66 "
		    "dev br0 %s", hows[i]);
		forget();
		open_kernel();
		assert_int_equal(nadopted, 1);
		assert_memory_equal(&adopted[0].mac, &none, sizeof(none));
		assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
		turn();
		assert_true(neigh_is(0, OURS));
		kernel_started(k);
		WAIT(k->walk_step == 0);
		turn();
		assert_true(neigh_is(0, OURS));
		/* The engine has not told of these. */
		assert_true(neigh_is(1, NULL));
		assert_true(neigh_is(2, NULL));
		kernel_close(k, false);
		k = NULL;
	}
}

static bool
has_rule(const char *family)
{
	char what[40];

	snprintf(what, sizeof(what), "%s rule", family);
	return ip_shows(what, "1000: from all lookup 44 proto 44");
}

static void
a_rule_that_is_removed_comes_back(void **state)
{
	static const struct {
		const char	*family, *how, *says;
		const char	*other;	/* stands there instead, and stays */
	} rows[] = {
		{ "-4", "rule del pref 1000", "IPv4", NULL },
		{ "-6", "rule del pref 1000", "IPv6", NULL },
		{ "-4", "rule flush protocol 44", "IPv4", NULL },
		{ "-4", "rule add pref 1001 lookup 44 protocol 44; "
		  "ip rule del pref 1000", "IPv4",
		  "pref 1001 lookup 44 protocol 44" },
		{ "-4", "rule add pref 1000 lookup 45 protocol 44; "
		  "ip rule del pref 1000 lookup 44", "IPv4",
		  "pref 1000 lookup 45 protocol 44" },
		{ "-6", "rule add pref 1000 lookup 45; "
		  "ip -6 rule del pref 1000 lookup 44", "IPv6",
		  "pref 1000 lookup 45" },
		{ "-4", "rule flush", "IPv4", NULL },
		{ "-6", "rule flush", "IPv6", NULL },
	};
	char text[80];
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forget();
		open_kernel();
		turn();
		assert_true(has_rule("-4") && has_rule("-6"));
		assert_int_equal(stub_log_count("rule"), 0);
		do_ip("%s %s", rows[i].family, rows[i].how);
		assert_false(has_rule(rows[i].family));
		WAIT(has_rule(rows[i].family));
		snprintf(text, sizeof(text),
		    "rule 1000 lookup 44, %s: removed by another "
		    "program, put back",
		    rows[i].says);
		WAIT(stub_log_count(text) == 1);
		reconcile();
		assert_int_equal(stub_log_count("removed by another"), 1);
		assert_int_equal(k->stats.repaired, 1);
		kernel_close(k, false);
		k = NULL;
		assert_false(has_rule("-4") || has_rule("-6"));
		if (rows[i].other != NULL)
			do_ip("%s rule del %s", rows[i].family,
			    rows[i].other);
	}
	/* Main's went with the flush, and are not ours to restore. */
	assert_false(ip_shows("rule", "lookup main"));
	assert_false(ip_shows("-6 rule", "lookup main"));
}

static monotime_t	removing;	/* since when */

/* One more time; how often they came back. */
static uint64_t
remove_rules(void)
{
	monotime_t now;

	(void)sh("ip rule del pref 1000 2>/dev/null; "
	    "ip -6 rule del pref 1000 2>/dev/null");
	turn();
	now = clock_monotime();
	/*
	 * Of each of two families at once and a second: by the clock of the
	 * loop's turn, which on a busy machine is some time ago.
	 */
	assert_in_range(k->stats.repaired, 0,
	    2 * (uint64_t)((monotime_ms(removing, now) + 500) / 1000 + 1));
	return k->stats.repaired;
}

/* One repair a second and one line a minute, whatever the other does. */
static void
a_rule_that_is_removed_for_ever_costs_little(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	removing = clock_monotime();
	WAIT(remove_rules() >= 6);
	assert_int_equal(stub_log_count("removed by another program"), 2);
	WAIT(has_rule("-4") && has_rule("-6"));
}

static void
our_own_changes_of_rules_are_no_news(void **state)
{
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	for (i = 0; i < 6; i++) {
		conf->global.table = 44 + i % 3;
		conf->global.rule_priority = 1000 + i % 2;
		assert_int_equal(kernel_conf(k, conf), 0);
		turn();
	}
	/* One that somebody has made, and removes again. */
	do_ip("rule add pref 77 lookup 46");
	do_ip("rule del pref 77");
	do_ip("rule add from 10.3.0.0/16 pref 1001 lookup 46 protocol 44");
	do_ip("rule del from 10.3.0.0/16 pref 1001");
	netlink_monitor_read(k->rules_changed);
	turn();
	reconcile();
	assert_true(ip_shows("rule", "1001: from all lookup 46 proto 44"));
	assert_int_equal(ip_lines("rule | grep 'proto 44'"), 1);
	assert_int_equal(k->stats.repaired, 0);
	assert_int_equal(stub_log_count("removed by another"), 0);
	assert_int_equal(stub_log_count("of another program"), 2);
	/* No prefixes, no rules, and nothing to miss. */
	conf->networks[0].nprefixes = 0;
	assert_int_equal(kernel_conf(k, conf), 0);
	netlink_monitor_read(k->rules_changed);
	reconcile();
	assert_int_equal(ip_lines("rule | grep 'proto 44'"), 0);
	assert_int_equal(k->stats.repaired, 0);
}

/* The word that ours is gone may be lost among others, or never come. */
static void
a_rule_whose_removal_was_not_heard_of_comes_back(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	turn();
	assert_int_equal(sh("for i in $(seq 15000); do "
	    "echo rule add pref 77 lookup 46; echo rule del pref 77; done | "
	    "ip -batch -"), 0);
	do_ip("rule del pref 1000");
	do_ip("-6 rule del pref 1000");
	WAIT(has_rule("-4") && has_rule("-6"));
	assert_in_range(k->stats.overflows, 1, UINT64_MAX);

	netlink_monitor_close(k->rules_changed);
	do_ip("rule del pref 1000");
	do_ip("-6 rule del pref 1000");
	assert_int_equal(rule_open(k), 0);
	reconcile();
	WAIT(has_rule("-4") && has_rule("-6"));
}

/*
 * Who has our protocol number is not therefore ours: what is outside the
 * prefixes, and no rule or object of our form, stays through a whole life.
 */
static void
what_is_others_stays(void **state)
{
	static const struct {
		const char	*add;	/* ip what add this */
		const char	*what;
		bool		 stays;
	} rows[] = {
		{ "10.66.0.0/24 dev up0 proto 44", "route", true },
		{ "10.66.1.1/32 dev br0 proto 44 metric 10", "route", true },
		{ "192.168.0.0/16 dev up0 proto 44", "route", true },
		{ "default via 10.0.0.9 proto 44", "route", true },
		{ "10.66.2.0/24 dev up0 proto 44 table 44", "route", true },
		{ "10.66.3.0/24 dev up0 proto 45 table 44", "route", true },
		{ "10.66.4.0/24 dev up0 proto 45", "route", true },
		{ "192.168.44.77 dev br0 proto 45", "route", true },
		{ "192.168.44.78 dev br0 proto 43", "route", true },
		{ "192.168.44.79 dev br0 proto 43 table 44", "route", false },
		{ "192.168.44.80 dev br0 proto 44 table 43", "route", true },
		{ "192.168.44.81 dev br0 proto 44", "route", false },
		{ "192.168.44.82 dev br0 proto 44 table 44", "route", false },
		{ "192.168.44.83 dev br0 proto 45 table 44", "route", false },
		{ "2001:db8:66::/64 dev up0 proto 44", "-6 route", true },
		{ "2001:db8::/32 dev up0 proto 44", "-6 route", true },
		{ "default via fe80::9 dev up0 proto 44", "-6 route", true },
		{ "2001:db8:67::/64 dev up0 proto 44 table 44", "-6 route",
		  true },
		{ "2001:db8:68::/64 dev up0 proto 45 table 44", "-6 route",
		  true },
		{ "2001:db8:1234:77::/64 dev br0 proto 43", "-6 route",
		  true },
		{ "2001:db8:1234:81::/64 dev br0 proto 44", "-6 route",
		  false },
		{ "2001:db8:1234:82::/64 dev br0 proto 44 table 44",
		  "-6 route", false },
		{ "pref 900 from 10.66.0.0/16 lookup 44 protocol 44", "rule",
		  true },
		{ "pref 901 iif up0 lookup 44 protocol 44", "rule", true },
		{ "pref 902 fwmark 7 lookup 43 protocol 44", "rule", true },
		{ "pref 32800 unreachable protocol 44", "rule", true },
		{ "pref 904 not from 10.66.0.0/16 lookup 43 protocol 44",
		  "rule", true },
		{ "pref 905 lookup 44 suppress_prefixlength 0 protocol 44",
		  "rule", true },
		{ "pref 906 lookup 43", "rule", true },
		{ "pref 907 lookup 43 protocol 44", "rule", false },
		{ "pref 900 to 2001:db8:66::/48 lookup 44 protocol 44",
		  "-6 rule", true },
		{ "pref 906 lookup 44", "-6 rule", true },
		{ "pref 907 lookup 43 protocol 44", "-6 rule", false },
		{ "id 66 via 10.0.0.8 dev up0 protocol 45", "nexthop", true },
		{ "id 67 via 10.0.0.8 dev up0 protocol 44", "nexthop", true },
		{ "id 1397882881 via 10.0.0.8 dev up0 protocol 44", "nexthop",
		  true },
		{ "id 1397882883 via 10.0.0.8 dev up0 protocol 45", "nexthop",
		  false },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	bool there;
	size_t i;
	int len;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < n; i++)
		do_ip("%s add %s", rows[i].what, rows[i].add);
	open_kernel();
	kernel_started(k);
	WAIT(k->walk_step == 0);
	turn();
	conf->global.metric++;
	assert_int_equal(kernel_conf(k, conf), 0);
	reconcile();
	kernel_close(k, false);
	k = NULL;
	/* What can be deleted was there. */
	for (i = 0; i < n; i++) {
		len = strncmp(rows[i].add, "id ", 3) != 0 ? 200 :
		    (int)strcspn(rows[i].add, "v");	/* of the id alone */
		there = sh("ip %s del %.*s 2>/dev/null", rows[i].what, len,
		    rows[i].add) == 0;
		if (there != rows[i].stays)
			fail_msg("%s %s: %s", rows[i].what, rows[i].add,
			    there ? "stays" : "is gone");
	}
}

/* What was ours goes with its prefix; from then on it is others'. */
static void
a_prefix_that_goes_takes_all_that_was_ours_along(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	kernel_started(k);
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	turn();
	/* As if the kernel had refused to delete them a moment before. */
	do_ip("route add 192.168.44.7 dev br0 proto 44 metric 10");
	do_ip("route add 192.168.44.7 dev br0 proto 44 table 44");
	do_ip("neigh add 192.168.44.7 lladdr 02:00:00:00:00:09 dev br0 "
	    "nud permanent protocol 44");
	memmove(conf->networks[0].prefixes, conf->networks[0].prefixes + 1,
	    sizeof(conf->networks[0].prefixes[0]));
	conf->networks[0].nprefixes = 1;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(ip_lines("-4 route show table all proto 45"), 0);
	reconcile();
	assert_int_equal(ip_lines("-4 route show table all proto 44"), 0);
	assert_int_equal(ip_lines("neigh show dev br0 nud permanent"), 0);
	assert_int_equal(ip_lines("-6 route show proto 44"), 1);

	do_ip("route add 192.168.44.7 dev br0 proto 44 metric 10");
	do_ip("route add 192.168.44.7 dev br0 proto 44 table 44");
	reconcile();
	assert_int_equal(ip_lines("-4 route show table all proto 44"), 2);
}

static void
direct_routes_win_and_move(void **state)
{
	(void)state;
	NEEDS_ROOT();
	/* What babeld installs for the station: metrics 0 and 1024. */
	do_ip("route add 192.168.44.5/32 via 10.0.0.9 proto 42");
	do_ip("route add 2001:db8:1234:5::/64 via fe80::9 dev up0 proto 42");
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5",
	    "via 10.0.0.2 dev up0 table 44"));
	assert_true(ip_shows("route get 2001:db8:1234:5::9",
	    "via fe80::2 dev up0 table 44 proto 45"));

	/* Here, and back there: one route at any time, ours. */
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5", "dev br0 table 44"));
	assert_true(ip_shows("route get 2001:db8:1234:5::9",
	    "via fe80::7 dev br0 table 44 proto 44"));
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44"));
	assert_int_equal(ip_lines("route show table 44"), 1);
	assert_int_equal(ip_lines("-6 route show table 44"), 1);

	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5", "via 10.0.0.2"));
	assert_true(ip_shows("route get 2001:db8:1234:5::9", "via fe80::2"));
	assert_int_equal(ip_lines("route show table 44"), 1);
	assert_int_equal(ip_lines("-6 route show table 44"), 1);
	assert_int_equal(ip_lines("route show proto 44"), 0);
	assert_int_equal(ip_lines("-6 route show proto 44"), 0);
	assert_int_equal(ip_lines("neigh show dev br0"), 0);

	/* The other's are as they were. */
	assert_true(ip_shows("route", "192.168.44.5 via 10.0.0.9 dev up0 "
	    "proto babel"));
	assert_true(ip_shows("-6 route", "2001:db8:1234:5::/64 via fe80::9"));
}

static void
ipv4_goes_through_ipv6(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("route add 10.1.1.3/32 via inet6 fe80::3 dev up0");
	open_kernel();
	assert_int_equal(router(&r3, "10.1.1.3", NULL), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r3), 0);
	/* An IPv6 gateway, however found, serves IPv6 too. */
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r3), 0);
	/* A router of which only the IPv6 address is known. */
	assert_int_equal(router(&r2, NULL, "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5",
	    "via inet6 fe80::3 dev up0"));
	assert_true(ip_shows("route get 2001:db8:1234:5::9", "via fe80::3"));
	assert_true(ip_shows("route get 192.168.44.6",
	    "via inet6 fe80::2 dev up0"));
}

static void
a_nexthop_follows_the_routing_protocol(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5", "via 10.0.0.2"));

	forget();
	do_ip("route replace 10.1.1.2/32 via 10.0.0.4");
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.0.4"));
	assert_int_equal(nappeared, 1);
	assert_string_equal(prefix_text(&appeared[0]), "10.1.1.2/32");
	assert_true(ip_shows("route get 192.168.44.6", "via 10.0.0.4"));
	/* From the old way's family to the other. */
	do_ip("route replace 10.1.1.2/32 via inet6 fe80::5 dev up0");
	WAIT(ip_shows("route get 192.168.44.5", "via inet6 fe80::5"));

	/* A station's host route is nobody's way. */
	do_ip("route add 192.168.44.77/32 via 10.0.0.9");
	do_ip("route del 10.1.1.2/32");
	WAIT(ip_lines("route show table 44") == 0);
	assert_int_equal(ip_lines("nexthop"), 0);
	assert_non_null(strstr(stub_log_text(), "no route to its address "
	    "10.1.1.2"));
	do_ip("route add 10.1.1.2/32 via 10.0.0.6");
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.0.6"));
	assert_int_equal(ip_lines("route show table 44"), 2);
}

static void
a_route_waits_for_its_router(void **state)
{
	struct ctl_cursor c = { 0 };
	struct ctl_route show;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(kernel_show_route(k, &c, &show), 1);
	assert_int_equal(show.installed, 0);
	assert_string_equal(show.error, "no route to the router");
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	turn();
	assert_true(ip_shows("route get 192.168.44.5", "via 10.0.0.2"));
	memset(&c, 0, sizeof(c));
	assert_int_equal(kernel_show_route(k, &c, &show), 1);
	assert_int_equal(show.installed, 1);
	assert_string_equal(show.interface, "up0");
	assert_string_equal(addr_text(&show.via), "10.0.0.2");
	assert_int_equal(kernel_show_route(k, &c, &show), 0);
	/* The router is forgotten: so is the way. */
	assert_int_equal(router(&r2, NULL, NULL), 0);
	turn();
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("nexthop"), 0);
}

/* Then the kernel deletes nexthops and their routes without a word. */
static void
carrier_loss_of_the_uplink_heals(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_int_equal(ip_lines("nexthop"), 1);
	do_ip("link set up1 down");
	/* The kernel may notice late, and the flag comes later still. */
	WAIT(ip_lines("nexthop") == 0);
	WAIT(ip_shows("link show up0", "NO-CARRIER"));
	do_ip("link set up1 up");
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.0.2 dev up0 "
	    "table 44"));
}

/* A second leg to the routers: x0, with the same cost. */
static void
two_legs(void)
{
	do_ip("link add x0 type veth peer name x1");
	sh("sysctl -qw net.ipv6.conf.x1.disable_ipv6=1");
	do_ip("link set x0 up");
	do_ip("link set x1 up");
	do_ip("addr add 10.9.0.1/24 dev x0");
	do_ip("route replace 10.1.1.2 nexthop via 10.0.0.2 dev up0 "
	    "nexthop via 10.9.0.2 dev x0 weight 3");
	do_ip("-6 route del 2001:db8:1::2");
	do_ip("-6 route add 2001:db8:1::2 nexthop via fe80::2 dev up0 "
	    "nexthop via fe80::9 dev x0");
}

static void
by_two_legs(void)
{
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
}

/* So many legs of each family, of so many objects, and routes by them. */
static bool
legs_are(unsigned int legs, unsigned int objects)
{
	return ip_lines("nexthop show proto 45") == objects &&
	    ip_lines("nexthop show groups") == 2 &&
	    ip_lines("nexthop show groups | grep /") == (legs == 2 ? 2 : 0) &&
	    ip_lines("route get 192.168.44.5 | grep 'table 44'") == 1 &&
	    ip_lines("-6 route get 2001:db8:1234:5::9 | grep 'table 44'") == 1;
}

static void
legs_of_equal_cost_share_and_one_may_go(void **state)
{
	(void)state;
	NEEDS_ROOT();
	two_legs();
	open_kernel();
	kernel_started(k);
	by_two_legs();
	WAIT(legs_are(2, 6));
	assert_true(ip_shows("nexthop show groups", ",3"));	/* its weight */
	assert_true(ip_shows("nexthop", "via 10.0.0.2 dev up0"));
	assert_true(ip_shows("nexthop", "via 10.9.0.2 dev x0"));

	/* A leg's link goes: the route stands, by the other; and it returns. */
	do_ip("link set x1 down");
	WAIT(legs_are(1, 4));
	assert_true(ip_shows("route get 192.168.44.5", "via 10.0.0.2"));
	do_ip("link set x1 up");
	WAIT(legs_are(2, 6));
	do_ip("link set up1 down");
	WAIT(legs_are(1, 4));
	assert_true(ip_shows("route get 192.168.44.5", "via 10.9.0.2"));
	do_ip("link set up1 up");
	WAIT(legs_are(2, 6));

	/* The routing protocol takes one away, and has it again. */
	do_ip("route replace 10.1.1.2 via 10.0.0.2");
	do_ip("-6 route del 2001:db8:1::2 via fe80::9 dev x0");
	WAIT(legs_are(1, 4));
	do_ip("route replace 10.1.1.2 nexthop via 10.0.0.2 dev up0 "
	    "nexthop via 10.9.0.2 dev x0");
	do_ip("-6 route append 2001:db8:1::2 via fe80::9 dev x0");
	WAIT(legs_are(2, 6));
	assert_int_equal(k->stats.failed, 0);
	assert_int_equal(stub_log_count("another program"), 0);

	/* No way at all, then one, then two: of a plain object a group. */
	do_ip("route del 10.1.1.2");
	do_ip("-6 route flush 2001:db8:1::2");
	WAIT(ip_lines("nexthop") == 0);
	do_ip("route add 10.1.1.2 via 10.0.0.2");
	do_ip("-6 route add 2001:db8:1::2 via fe80::2 dev up0");
	WAIT(ip_lines("nexthop") == 2 && ip_lines("route show table 44") == 1);
	assert_int_equal(ip_lines("nexthop show groups"), 0);
	do_ip("route replace 10.1.1.2 nexthop via 10.0.0.2 dev up0 "
	    "nexthop via 10.9.0.2 dev x0");
	do_ip("-6 route append 2001:db8:1::2 via fe80::9 dev x0");
	WAIT(legs_are(2, 6));
	assert_int_equal(k->stats.failed, 0);
}

static void
a_group_is_put_back(void **state)
{
	static const char *const hands[] = {
		"ip nexthop del id $(ip nexthop | awk '/10.9.0.2/{print $2}')",
		"ip nexthop del id $(ip nexthop show groups | "
		    "awk 'NR==1{print $2}')",
		"ip nexthop replace id $(ip nexthop | "
		    "awk '/10.9.0.2/{print $2}') via 10.9.0.7 dev x0 "
		    "protocol 45",
		"ip nexthop flush proto 45 >/dev/null",
	};
	size_t i;

	(void)state;
	NEEDS_ROOT();
	two_legs();
	open_kernel();
	kernel_started(k);
	by_two_legs();
	WAIT(legs_are(2, 6));
	for (i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		memset(&k->mend, 0, sizeof(k->mend));
		stub_log_clear();
		assert_int_equal(sh("%s", hands[i]), 0);
		WAIT(legs_are(2, 6) && ip_shows("nexthop", "via 10.9.0.2"));
		WAIT(stub_log_count("by another program, put back") == 1);
	}
}

/* Out of the network, where no router of ours is. */
static void
a_default_route_is_no_way_unless_configured(void **state)
{
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	do_ip("route add default via 10.0.0.9");
	do_ip("-6 route add default via fe80::9 dev up0");
	open_kernel();
	kernel_started(k);
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
	WAIT(ip_lines("nexthop") == 2);
	/* The routing protocol loses the router. */
	do_ip("route del 10.1.1.2");
	do_ip("-6 route del 2001:db8:1::2");
	WAIT(ip_lines("nexthop") == 0);
	WAIT(stub_log_count(
	    "no route to its address 10.1.1.2 but a default route, see "
	    "direct default") == 1);
	for (i = 0; i < 5; i++)
		turn();
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("-6 route show table 44"), 0);

	conf->global.direct_default = 1;
	assert_int_equal(kernel_conf(k, conf), 0);
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.0.9 dev up0 table "
	    "44"));
	WAIT(ip_shows("-6 route show table 44", "via fe80::9 dev up0"));
	conf->global.direct_default = 0;
	assert_int_equal(kernel_conf(k, conf), 0);
	WAIT(ip_lines("nexthop") == 0);
}

/*
 * A router's way changes because a link lost its carrier, and something else
 * makes us act on that before the link's own news.
 */
static void
a_nexthop_that_went_is_not_replaced_unnoticed(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("link add up2 type veth peer name up3");
	do_ip("link set up2 up");
	do_ip("link set up3 up");
	do_ip("addr add 10.0.2.1/24 dev up2");
	do_ip("addr add fd02::1/64 dev up2 nodad");
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_int_equal(ip_lines("nexthop"), 2);
	do_ip("link set up1 down");
	sh("timeout 10 sh -c 'while ip nexthop | grep -q .; do sleep 0.01; "
	    "done'");
	assert_int_equal(ip_lines("nexthop"), 0);
	do_ip("route replace 10.1.1.2/32 via 10.0.2.2");
	do_ip("route replace 2001:db8:1::2/128 via fe80::9 dev up2");
	turn();			/* reads what is new, to act soon */
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	WAIT(ip_shows("route get 192.168.44.6", "via 10.0.2.2"));
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.2.2"));
	WAIT(ip_shows("route get 2001:db8:1234:5::1", "via fe80::9"));
	assert_int_equal(k->stats.failed, 0);
}

static void
a_nexthop_deleted_by_hand_comes_back(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	turn();
	do_ip("nexthop flush proto 45 >/dev/null");
	assert_int_equal(ip_lines("route show table 44"), 0);
	WAIT(ip_shows("route get 192.168.44.5", "via 10.0.0.2"));
}

static void
reconcile_soon(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	kernel_later(k->reconcile, 20);
}

/* What is due sooner than before comes sooner, whatever the clock says. */
static void
a_step_of_the_clock_holds_nothing_up(void **state)
{
	static const time_t steps[] = { 3600, -3600, 0 };
	const struct timeval now = { 0 };
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	turn();
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		clock_step = steps[i];
		do_ip("route flush table 44");
		event_base_once(base, -1, EV_TIMEOUT, reconcile_soon, NULL,
		    &now);
		WAIT(ip_lines("route show table 44") == 1);
	}
}

static void
a_link_that_goes_down_gets_its_routes_back(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	turn();
	do_ip("link set br0 down");
	assert_int_equal(ip_lines("route show table 44"), 0);
	WAIT(nlinks > 0 && links[nlinks - 1].up == 0);
	do_ip("link set br0 up");
	WAIT(ip_shows("route show table 44", "192.168.44.5 dev br0"));
	WAIT(ip_shows("-6 route show table 44", "2001:db8:1234:5::/64"));
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44"));
	assert_true(ip_shows("neigh show dev br0", "192.168.44.5"));
	assert_int_equal(k->stats.failed, 0);
}

static void
an_interface_that_returns_is_another(void **state)
{
	uint32_t old = if_nametoindex("br0");

	(void)state;
	NEEDS_ROOT();
	assert_int_equal(addr_parse("192.168.44.1",
	    &conf->ifaces[0].addrs[0].addr), 0);
	conf->ifaces[0].addrs[0].len = 128;
	conf->ifaces[0].naddrs = 1;
	open_kernel();
	assert_int_equal(links[nlinks - 1].ifindex, old);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	turn();
	do_ip("link del br0");
	WAIT(links[nlinks - 1].up == 0);
	assert_int_equal(links[nlinks - 1].ifindex, old);
	do_ip("link add br0 type bridge");
	do_ip("link set p0 master br0");
	do_ip("link set br0 up");
	WAIT(links[nlinks - 1].up == 1);
	assert_int_not_equal(links[nlinks - 1].ifindex, old);
	/* Nobody but us has given it this address again. */
	WAIT(!addr_is_none(&links[nlinks - 1].gateway4));
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	WAIT(ip_shows("route show table 44", "192.168.44.5 dev br0"));
	station_sends("q0", &sta);
	WAIT(nsightings == 1);
	assert_sighting(0, SIGHTING_JOINED, "p0");
}

/* Notifications of routes of ours. */
static unsigned int changes;

static void
count_change(void *arg, struct nlmsghdr *nlh)
{
	struct kernel_rt rt;

	(void)arg;
	if (msg_read_route(nlh, &rt) == 0 && (rt.proto == PROTO_LOCAL ||
	    rt.proto == PROTO_DIRECT))
		changes++;
}

static void
no_loss(void *arg)
{
	(void)arg;
	fail();
}

static void
a_restart_touches_nothing_that_is_right(void **state)
{
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	struct netlink_monitor *mon;
	unsigned int i, with_mac = 0, with_gateway = 0;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	kernel_started(k);
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "fe80::5"), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:6::/64", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("192.168.44.7/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.8/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(neigh("fe80::7", 7, true), 0);
	assert_int_equal(set_via("2001:db8:1234:7::/64", "fe80::7"), 0);
	turn();
	kernel_close(k, true);
	assert_int_equal(ip_lines("route show table 44"), 4);

	forget();
	changes = 0;
	assert_non_null(mon = netlink_monitor_open(base, NETLINK_ROUTE, groups,
	    2, NULL, 0, count_change, no_loss, NULL));
	open_kernel();
	assert_int_equal(nadopted, 4);
	for (i = 0; i < nadopted; i++) {
		assert_int_equal(adopted[i].kind, ROUTE_LOCAL);
		with_mac += mac_cmp(&adopted[i].mac, &sta) == 0;
		with_gateway += addr_is_linklocal(&adopted[i].gateway);
	}
	/* Nobody has fe80::5. */
	assert_int_equal(with_mac, 3);
	assert_int_equal(with_gateway, 2);
	/* The routers are heard of last, as it happens. */
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:6::/64", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set_via("2001:db8:1234:5::/64", "fe80::5"), 0);
	assert_int_equal(set_via("2001:db8:1234:7::/64", "fe80::7"), 0);
	turn();
	netlink_monitor_read(mon);
	assert_int_equal(changes, 0);
	/* Only what nobody wanted goes: .7 from two tables, .8 from one. */
	kernel_started(k);
	WAIT(changes >= 3);
	WAIT(k->walk_step == 0);
	netlink_monitor_read(mon);
	assert_int_equal(changes, 3);
	assert_int_equal(ip_lines("route show table 44"), 2);
	assert_int_equal(ip_lines("-6 route show table 44"), 3);
	assert_int_equal(ip_lines("nexthop"), 2);
	netlink_monitor_close(mon);
}

/* Nor a group. */
static void
a_group_outlives_a_restart(void **state)
{
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	struct netlink_monitor *mon;

	(void)state;
	NEEDS_ROOT();
	two_legs();
	open_kernel();
	kernel_started(k);
	by_two_legs();
	WAIT(legs_are(2, 6));
	kernel_close(k, true);
	assert_true(legs_are(2, 6));
	changes = 0;
	assert_non_null(mon = netlink_monitor_open(base, NETLINK_ROUTE, groups,
	    2, NULL, 0, count_change, no_loss, NULL));
	open_kernel();
	turn();
	assert_true(legs_are(2, 6));
	by_two_legs();
	turn();
	kernel_started(k);
	WAIT(k->walk_step == 0);
	turn();
	assert_true(legs_are(2, 6));
	netlink_monitor_read(mon);
	assert_int_equal(changes, 0);
	netlink_monitor_close(mon);
	/* Another leg is not there any more at the next one. */
	kernel_close(k, true);
	do_ip("route replace 10.1.1.2 via 10.0.0.2");
	do_ip("-6 route del 2001:db8:1::2 via fe80::9 dev x0");
	open_kernel();
	by_two_legs();
	turn();
	kernel_started(k);
	WAIT(ip_lines("nexthop") == 2);
	assert_int_equal(ip_lines("route show table 44"), 1);
	assert_int_equal(ip_lines("-6 route show table 44"), 1);
	kernel_close(k, false);
	k = NULL;
	assert_int_equal(ip_lines("nexthop"), 0);
	assert_int_equal(ip_lines("route show table 44"), 0);
}

/*
 * A link loses its carrier while we start: objects of the former run go with
 * their routes.  The link is back before their router is heard of, by the same
 * way or another; the news of the loss come before that or behind it.
 */
static void
what_a_former_run_left_may_go_during_the_start(void **state)
{
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 4; i++) {
		open_kernel();
		kernel_started(k);
		do_ip("route replace 10.1.1.2/32 via 10.0.0.2");
		assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
		assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
		turn();
		assert_int_equal(ip_lines("route show table 44"), 1);
		kernel_close(k, true);
		assert_int_equal(ip_lines("route show table 44"), 1);

		open_kernel();
		turn();
		do_ip("link set up1 down");
		sh("timeout 10 sh -c 'while ip nexthop | grep -q .; do "
		    "sleep 0.01; done'");
		do_ip("link set up1 up");
		sh("timeout 10 sh -c 'while ip link show up0 | "
		    "grep -q NO-CARRIER; do sleep 0.01; done'");
		if (i & 1)
			do_ip("route replace 10.1.1.2/32 via 10.0.0.3");
		if (i & 2)
			WAIT(RB_EMPTY(&k->leftovers));
		assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
		assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
		WAIT(ip_shows("route get 192.168.44.6", i & 1 ?
		    "via 10.0.0.3" : "via 10.0.0.2"));
		WAIT(ip_lines("route show table 44") == 1);
		assert_int_equal(k->stats.failed, 0);
		kernel_close(k, false);
		k = NULL;
	}
}

static void
leftovers_of_a_killed_run_go(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("rule add pref 999 lookup 43 protocol 44");
	do_ip("nexthop add id %u via 10.0.0.8 dev up0 protocol 45",
	    NEXTHOP_BASE + 100);
	do_ip("route add 192.168.44.9/32 table 44 proto 45 nhid %u metric 1024",
	    NEXTHOP_BASE + 100);
	do_ip("route add 192.168.44.8/32 dev br0 proto 44 metric 1010");
	do_ip("-6 route add 2001:db8:1234:8::/64 dev up0 proto 44 metric 10");
	do_ip("-6 route append 2001:db8:1234:8::/64 dev br0 proto 44 "
	    "metric 10");
	open_kernel();
	assert_true(ip_shows("route show table 44", "192.168.44.9"));
	kernel_started(k);
	WAIT(ip_lines("-6 route show proto 44") == 0);
	WAIT(ip_lines("route show proto 44") == 0);
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("nexthop"), 0);
	assert_false(ip_shows("rule", "999:"));
}

static void
differences_are_put_right(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("route add 192.168.44.5/32 dev up0 proto static metric 10");
	open_kernel();
	kernel_started(k);
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:6::/64", ROUTE_DIRECT, &r2), 0);
	WAIT(k->walk_step == 0);
	assert_int_equal(k->stats.repaired, 0);
	assert_int_equal(ip_lines("route show proto 44"), 1);

	do_ip("route del 192.168.44.5/32 table 44");
	do_ip("route del 192.168.44.6/32 table 44");
	do_ip("-6 route del 2001:db8:1234:5::/64 table 44");
	do_ip("-6 route del 2001:db8:1234:6::/64 table 44");
	do_ip("route del 192.168.44.5/32 proto 44 dev br0 metric 10");
	do_ip("route add 192.168.44.66/32 dev br0 proto 44 metric 10");
	do_ip("-6 route append 2001:db8:1234:5::/64 dev up0 proto 44 "
	    "metric 10");
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	turn();
	assert_int_equal(ip_lines("route show table 44"), 2);
	assert_int_equal(ip_lines("-6 route show table 44"), 2);
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44"));
	assert_int_equal(ip_lines("route show proto 44"), 1);
	assert_int_equal(ip_lines("-6 route show proto 44"), 1);
	assert_true(ip_shows("route get 192.168.44.6", "via 10.0.0.2"));
	assert_true(ip_shows("route", "192.168.44.5 dev up0 proto static"));
	assert_int_not_equal(k->stats.repaired, 0);

	/* And again: now there is nothing to do. */
	k->stats.repaired = 0;
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_int_equal(k->stats.repaired, 0);
	/* Lost link events make no difference either. */
	news_lost(k);
	WAIT(k->walk_step != 0);
	WAIT(k->walk_step == 0);
	assert_int_equal(k->stats.repaired, 0);
	assert_int_equal(ip_lines("route show table 44"), 2);
}

static void
what_must_not_be_a_route_is_refused(void **state)
{
	static const struct {
		const char	*prefix;
		int		 kind;
		const char	*dev;	/* NULL: none */
	} rows[] = {
		{ "192.168.44.0/24", ROUTE_LOCAL, "br0" },
		{ "192.168.45.5/32", ROUTE_LOCAL, "br0" },
		{ "0.0.0.0/0", ROUTE_LOCAL, "br0" },
		{ "::/0", ROUTE_LOCAL, "br0" },
		{ "2001:db8:1234::/48", ROUTE_LOCAL, "br0" },
		{ "2001:db8:1234:5::1/128", ROUTE_LOCAL, "br0" },
		{ "2001:db8:1235::/64", ROUTE_LOCAL, "br0" },
		{ "192.168.44.1/32", ROUTE_LOCAL, "br0" },	/* gateway */
		{ "192.168.44.1/32", ROUTE_DIRECT, NULL },
		{ "192.168.44.5/32", ROUTE_LOCAL, "up0" },
		{ "192.168.44.5/32", ROUTE_LOCAL, "lo" },
		{ "192.168.44.5/32", ROUTE_LOCAL, NULL },
		{ "192.168.44.5/32", ROUTE_NONE + 1, "br0" },
		{ "10.1.1.2/32", ROUTE_DIRECT, NULL },
	};
	struct route rt;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rt = route(rows[i].prefix, (enum route_kind)rows[i].kind,
		    &r2);
		rt.ifindex = rows[i].dev != NULL ?
		    if_nametoindex(rows[i].dev) : 0;
		if (kernel_route(k, &rt) != -1)
			fail_msg("%s kind %d dev %s", rows[i].prefix,
			    rows[i].kind, rows[i].dev);
	}
	/* A host part where the text form could not have one. */
	rt = route("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL);
	rt.prefix.addr.octet[15] = 1;
	assert_int_equal(kernel_route(k, &rt), -1);
	rt = route("192.168.44.5/32", ROUTE_DIRECT, NULL);	/* router 0 */
	assert_int_equal(kernel_route(k, &rt), -1);
	assert_int_equal(k->stats.refused,
	    sizeof(rows) / sizeof(rows[0]) + 2);
	assert_int_equal(k->nroutes, 0);

	/* A refused request does not take away what is there. */
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	rt = route("192.168.44.5/32", ROUTE_LOCAL, NULL);
	rt.ifindex = if_nametoindex("up0");
	assert_int_equal(kernel_route(k, &rt), -1);
	turn();
	assert_true(ip_shows("route show table 44", "192.168.44.5 dev br0"));
}

static void
what_cannot_be_a_router_is_refused(void **state)
{
	static const char *const rows4[] = { "127.0.0.1", "224.0.0.5",
	    "0.0.0.1", "255.255.255.255", "10.0.0.1", "192.168.44.9",
	    "169.254.1.1" };
	static const char *const rows6[] = { "::1", "ff02::1", "fe80::5",
	    "fd00::1", "2001:db8:1234:9::1" };
	size_t i;

	(void)state;
	NEEDS_ROOT();
	open_kernel();
	for (i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++)
		if (router(&r2, rows4[i], NULL) != -1)
			fail_msg("%s", rows4[i]);
	for (i = 0; i < sizeof(rows6) / sizeof(rows6[0]); i++)
		if (router(&r2, NULL, rows6[i]) != -1)
			fail_msg("%s", rows6[i]);
	turn();
	assert_int_equal(ip_lines("nexthop"), 0);
	assert_int_equal(k->nrouters, 0);
}

/* By next hops or by routes: the parent goes on, with what it has. */
static void
more_routers_than_there_are_numbers_are_refused(void **state)
{
	struct router_id id = { { 4 } };
	struct kernel_stats before, after;
	uint32_t n = 0;

	(void)state;
	NEEDS_ROOT();
	conf->global.max_routers = CONF_MEMBERS;
	open_kernel();
	kernel_stats(k, &before);
	for (n = 0; n < NEXTHOP_NUMBERS + 1000; n++) {
		memcpy(id.octet + 4, &n, sizeof(n));
		(void)router(&id, "10.0.0.2", NULL);
	}
	kernel_stats(k, &after);
	assert_int_equal(after.refused - before.refused + k->nrouters, n);
	assert_true(k->nrouters < NEXTHOP_NUMBERS);
	assert_int_equal(set("192.168.44.7/32", ROUTE_DIRECT, &id), -1);
	n = 0;
	memcpy(id.octet + 4, &n, sizeof(n));		/* one that is known */
	assert_int_equal(router(&id, "10.0.0.3", NULL), 0);
	assert_int_equal(set("192.168.44.7/32", ROUTE_DIRECT, &id), 0);
}

/* The n-th request of a kind, of the same thing again or of another. */
static int
ask_route(uint32_t n)
{
	struct route rt = route("192.168.44.5/32", ROUTE_LOCAL, NULL);
	uint32_t a = htonl(0x0a400000 + n);

	addr_from_v4(&rt.prefix.addr, (const uint8_t *)&a);
	return kernel_route(k, &rt);
}

static int
drop_route(uint32_t n)
{
	struct route rt = route("192.168.44.5/32", ROUTE_NONE, NULL);
	uint32_t a = htonl(0x0a400000 + n);

	addr_from_v4(&rt.prefix.addr, (const uint8_t *)&a);
	return kernel_route(k, &rt);
}

static int
ask_neigh(uint32_t n)
{
	struct neigh ne = { .ifindex = if_nametoindex("br0"), .mac = sta,
	    .present = true };

	assert_int_equal(addr_parse("2001:db8:1234:5::", &ne.addr), 0);
	memcpy(ne.addr.octet + 12, &n, sizeof(n));
	ne.addr.octet[8] = 1;
	return kernel_neigh(k, &ne);
}

static int
drop_neigh(uint32_t n)
{
	struct neigh ne = { .ifindex = if_nametoindex("br0"), .mac = sta };

	assert_int_equal(addr_parse("2001:db8:1234:5::", &ne.addr), 0);
	memcpy(ne.addr.octet + 12, &n, sizeof(n));
	ne.addr.octet[8] = 1;
	return kernel_neigh(k, &ne);
}

static int
ask_router(uint32_t n)
{
	struct router_id id = { { 4 } };

	memcpy(id.octet + 4, &n, sizeof(n));
	return router(&id, "10.0.0.2", NULL);
}

static int
drop_router(uint32_t n)
{
	struct router_id id = { { 4 } };

	memcpy(id.octet + 4, &n, sizeof(n));
	return router(&id, NULL, NULL);
}

/* In case the engine is compromised: it asks for all that there could be. */
static void
what_the_table_cannot_ask_for_is_refused(void **state)
{
	static const struct {
		int		(*ask)(uint32_t), (*drop)(uint32_t);
		unsigned int	 most;
		const char	*shown, *line;
	} rows[] = {
		{ ask_route, drop_route, 10 + 1 + 64, "route show table 44",
		    "route 10.64" },
		{ ask_neigh, drop_neigh, 10 * 17, "-6 neigh show dev br0 proto "
		    "44", "neighbour 2001:db8:1234:5:100" },
		{ ask_router, drop_router, 3 * 2 + 64, "nexthop show",
		    "router 04:00" }
	};
	struct kernel_stats before, after;
	const char *said;
	uint32_t n, refused;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	add_prefix("10.64.0.0/10");
	conf->global.max_data = 10;
	conf->global.max_routers = 3;
	open_kernel();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stub_log_clear();
		kernel_stats(k, &before);
		for (n = 0, refused = 0; n < 5000; n++) {
			refused += rows[i].ask(n) == -1;
			if (n % 100 == 0)
				turn();
		}
		turn();
		assert_int_equal(5000 - refused, rows[i].most);
		kernel_stats(k, &after);
		assert_int_equal(after.refused - before.refused, refused);
		assert_int_equal(ip_lines(rows[i].shown), rows[i].most);
		/* One line, which says what and by which limit. */
		assert_non_null(said = strstr(stub_log_text(), rows[i].line));
		assert_non_null(strstr(said, "too many, see limit"));
		assert_null(strstr(said + 1, rows[i].line));
		/* What is there may change, and make room. */
		assert_int_equal(rows[i].ask(0), 0);
		assert_int_equal(rows[i].drop(0), 0);
		turn();
		assert_int_equal(rows[i].ask(4000), 0);
		turn();
		WAIT(ip_lines(rows[i].shown) == rows[i].most);
	}
	/* However many leave, they are an eighth more until they have gone. */
	for (n = 5000, refused = 0; n < 6000; n++) {
		(void)drop_neigh(n == 5000 ? 4000 : n - 1);
		refused += ask_neigh(n) == -1;
	}
	turn();
	assert_in_range(ip_lines(rows[1].shown), rows[1].most - 1,
	    rows[1].most * 9 / 8);
	assert_int_equal(1000 - refused, rows[1].most / 8);
	WAIT(ip_lines(rows[1].shown) == rows[1].most - 1);
	assert_int_equal(ask_neigh(6000), 0);
	/* A machine with 64 kB. */
	k->memory = 65536;
	assert_int_equal(drop_route(1), 0);
	turn();
	assert_int_equal(ask_route(1), -1);
}

static void
gateway_address_and_mac_are_set_and_taken_back(void **state)
{
	struct conf_iface *i;
	struct link *l;
	char was[40];

	(void)state;
	NEEDS_ROOT();
	i = &conf->ifaces[0];
	i->lladdr = (struct mac){ { 2, 0, 0x5e, 0, 0x53, 0x44 } };
	assert_int_equal(addr_parse("192.168.44.254", &i->addrs[0].addr), 0);
	i->addrs[0].len = 128;
	assert_int_equal(addr_parse("fe80::1", &i->addrs[1].addr), 0);
	i->addrs[1].len = 64;
	/* This one somebody else had set before. */
	assert_int_equal(addr_parse("192.168.44.1", &i->addrs[2].addr), 0);
	i->addrs[2].len = 128;
	i->naddrs = 3;
	open_kernel();
	/* What ip(8) must show again at the end. */
	snprintf(was, sizeof(was), "link/ether %s", mac_text(&TAILQ_FIRST(
	    &k->ifaces)->mac_was));
	assert_true(ip_shows("link show br0", "02:00:5e:00:53:44"));
	assert_true(ip_shows("addr show br0", "192.168.44.254/32"));
	assert_true(ip_shows("addr show br0", "fe80::1/64"));
	/* The first word of it says all. */
	l = &links[nlinks - 1];
	assert_int_equal(l->up, 1);
	assert_string_equal(addr_text(&l->gateway4), "192.168.44.254");
	assert_string_equal(addr_text(&l->gateway6), "fe80::1");
	assert_memory_equal(&l->lladdr, &i->lladdr, 6);

	/* A reload that drops one takes it back at once. */
	i->naddrs = 1;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_false(ip_shows("addr show br0", "fe80::1/64"));
	assert_true(ip_shows("addr show br0", "192.168.44.254/32"));

	kernel_close(k, false);
	k = NULL;
	assert_false(ip_shows("addr show br0", "192.168.44.254"));
	assert_true(ip_shows("addr show br0", "192.168.44.1/32"));
	assert_false(ip_shows("link show br0", "02:00:5e:00:53:44"));
	assert_true(ip_shows("link show br0", was));
}

/* A run with all that can be set, which leaves it; the MAC address before. */
static void
leave_all(char was[18])
{
	struct conf_iface *i = &conf->ifaces[0];
	struct prefix p;

	assert_int_equal(mac_parse("02:00:5e:00:53:44", &i->lladdr), 0);
	assert_int_equal(addr_parse("192.168.44.254", &i->addrs[0].addr), 0);
	assert_int_equal(addr_parse("fe80::1", &i->addrs[1].addr), 0);
	i->addrs[0].len = 128;
	i->addrs[1].len = 64;
	i->naddrs = 2;
	open_kernel();
	memcpy(was, mac_text(&told.macs[0].was), 18);
	kernel_started(k);
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(neigh("fe80::7", 7, true), 0);
	assert_int_equal(neigh("2001:db8:1234:5::7", 7, true), 0);
	turn();
	kernel_close(k, true);
	k = NULL;
	assert_int_equal(told.table, 44);
	assert_int_equal(told.nprefixes, 2);
	assert_int_equal(told.naddrs, 2);
	assert_int_equal(told.nmacs, 1);
	assert_int_equal(prefix_parse("192.168.44.0/24", &p), 0);
	assert_int_equal(prefix_cmp(&told.prefixes[0], &p), 0);
	assert_true(ip_shows("link show br0", "02:00:5e:00:53:44"));
	assert_int_equal(ip_lines("route show proto 44"), 1);
	assert_int_equal(ip_lines("route show table 44"), 2);
}

static void
assert_nothing_left(const char *was)
{
	assert_false(ip_shows("addr show br0", "192.168.44.254"));
	assert_false(ip_shows("addr show br0", "fe80::1/64"));
	assert_true(ip_shows("link show br0", was));
	assert_int_equal(ip_lines("route show table all proto 44"), 0);
	assert_int_equal(ip_lines("route show table all proto 45"), 0);
	assert_int_equal(ip_lines("-6 route show table all proto 44"), 0);
	assert_int_equal(ip_lines("neigh show proto 44"), 0);
	assert_int_equal(ip_lines("-6 neigh show proto 44"), 0);
	assert_int_equal(ip_lines("nexthop show proto 45"), 0);
	assert_false(ip_shows("rule show", "lookup 44"));
	assert_false(ip_shows("-6 rule show", "lookup 44"));
	/* Somebody else's, which were there before. */
	assert_true(ip_shows("addr show br0", "192.168.44.1/32"));
	assert_true(ip_shows("route show", "10.1.1.2 via 10.0.0.2"));
}

/* What was there before the first run is known to the third. */
static void
a_restarted_run_takes_all_back(void **state)
{
	char was[18];
	int i;

	(void)state;
	NEEDS_ROOT();
	leave_all(was);
	for (i = 0; i < 2; i++) {
		open_kernel();
		assert_string_equal(mac_text(&told.macs[0].was), was);
		kernel_close(k, i == 0);
	}
	k = NULL;
	assert_nothing_left(was);
	assert_int_equal(told.table, 0);
}

/* Before or after the end of its start, and of another run's in between. */
static void
what_is_not_configured_any_more_goes_at_the_next_start(void **state)
{
	struct conf_iface *i;
	char was[18];
	int runs;

	(void)state;
	NEEDS_ROOT();
	leave_all(was);
	i = &conf->ifaces[0];
	i->naddrs = 0;
	memset(&i->lladdr, 0, sizeof(i->lladdr));
	conf->networks[0].nprefixes = 0;
	add_prefix("192.168.45.0/24");
	add_prefix("2001:db8:5678::/48");
	conf->global.table = 45;
	for (runs = 0; runs < 2; runs++) {
		open_kernel();
		if (runs == 0)
			kernel_close(k, true);
	}
	assert_int_equal(told.nprefixes, 4);
	reconcile();			/* as at any change of a link */
	assert_int_equal(told.nprefixes, 4);
	kernel_started(k);
	WAIT(told.nprefixes == 2);
	assert_nothing_left(was);
	assert_int_equal(told.table, 45);
	assert_int_equal(told.naddrs, 0);
	assert_int_equal(told.nmacs, 0);
}

static void
an_interface_that_is_not_configured_any_more_is_as_before(void **state)
{
	char was[18];

	(void)state;
	NEEDS_ROOT();
	leave_all(was);
	strlcpy(conf->ifaces[0].name, "br9", sizeof(conf->ifaces[0].name));
	open_kernel();
	kernel_started(k);
	turn();
	assert_false(ip_shows("addr show br0", "192.168.44.254"));
	assert_false(ip_shows("addr show br0", "fe80::1/64"));
	assert_true(ip_shows("link show br0", was));
	assert_int_equal(ip_lines("route show proto 44"), 0);
	assert_int_equal(told.naddrs, 0);
	assert_int_equal(told.nmacs, 0);
}

/* With the configuration of then, or another one; without what was told. */
static void
all_that_runs_have_left_is_removed(void **state)
{
	const struct kernel_ops ops = { on_link, on_sighting, on_adopt,
	    on_route, NULL, NULL };
	char was[18];
	int i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 3; i++) {
		conf->ifaces[0].naddrs = 0;
		leave_all(was);
		/* Two in one slot, as of a run that was killed on its way. */
		do_ip("route add 192.168.44.5 dev br0 proto 44 metric 1010");
		if (i == 1) {
			conf->networks[0].nprefixes = 1;
			conf->ifaces[0].naddrs = 1;
		}
		assert_non_null(k = kernel_open(base, &ops));
		if (i < 2)
			kernel_former(k, &told);
		assert_int_equal(kernel_remove(k, conf), 0);
		kernel_close(k, false);
		k = NULL;
		if (i == 2) {		/* nobody knows what it was */
			assert_true(ip_shows("link show br0",
			    "02:00:5e:00:53:44"));
			do_ip("link set br0 address %s", was);
		}
		assert_nothing_left(was);
		memset(&told, 0, sizeof(told));
		if (i == 1)
			add_prefix("2001:db8:1234::/48");
	}
}

/* What a killed run had set is known by its mark, and taken back. */
static void
addresses_of_a_killed_run_are_ours(void **state)
{
	struct conf_iface *i;

	(void)state;
	NEEDS_ROOT();
	i = &conf->ifaces[0];
	assert_int_equal(addr_parse("192.168.44.254", &i->addrs[0].addr), 0);
	i->addrs[0].len = 128;
	i->naddrs = 1;
	open_kernel();
	kernel_close(k, true);
	assert_true(ip_shows("addr show br0", "192.168.44.254/32"));
	open_kernel();
	kernel_close(k, false);
	k = NULL;
	assert_false(ip_shows("addr show br0", "192.168.44.254/32"));
}

static void
without_direct_routes_a_lost_one_drains(void **state)
{
	(void)state;
	NEEDS_ROOT();
	conf->global.direct = 0;
	conf->global.drain = 1000;
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	turn();
	assert_int_equal(set("192.168.44.5/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_NONE, NULL), 0);
	turn();
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44 scope "
	    "link metric 1010"));
	assert_int_equal(ip_lines("route show proto 44"), 1);
	assert_true(ip_shows("neigh show to 192.168.44.5 dev br0", OURS));
	assert_true(ip_shows("-6 route", "2001:db8:1234:5::/64 via fe80::7 "
	    "dev br0 proto 44 metric 1010"));
	assert_int_equal(ip_lines("-6 route show proto 44"), 1);
	/* It returns meanwhile: good as before. */
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	turn();
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44 scope "
	    "link metric 10"));
	WAIT(ip_lines("-6 route show proto 44") == 0);
	assert_int_equal(ip_lines("route show proto 44"), 1);
	WAIT(k->nroutes == 1);
}

static void
a_reload_moves_tables_and_drops_interfaces(void **state)
{
	struct conf *other;

	(void)state;
	NEEDS_ROOT();
	do_ip("link add br1 type bridge");
	do_ip("link set br1 up");
	add_iface("br1");
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	turn();
	conf->global.table = 45;
	conf->global.rule_priority = 900;
	conf->global.metric = 20;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("-6 route show table 44"), 0);
	assert_int_equal(ip_lines("route show table 45"), 2);
	assert_int_equal(ip_lines("-6 route show table 45"), 1);
	assert_true(ip_shows("rule", "900: from all lookup 45"));
	assert_false(ip_shows("rule", "lookup 44"));
	assert_true(ip_shows("route", "192.168.44.5 dev br0 proto 44 scope "
	    "link metric 20"));
	assert_int_equal(ip_lines("route show proto 44"), 1);

	assert_non_null(other = conf_new());
	other->global = conf->global;
	other->networks[0] = conf->networks[0];
	assert_int_equal(conf_add_iface(other, &conf->ifaces[1]), 0);
	forget();
	assert_int_equal(kernel_conf(k, other), 0);
	conf_free(other);
	assert_int_equal(ip_lines("route show table 45"), 1);
	assert_int_equal(ip_lines("route show proto 44"), 0);
	assert_int_equal(nlinks, 2);	/* br0 is gone, br1 first now */
	assert_string_equal(links[0].name, "br0");
	assert_int_equal(links[0].up, 0);
	assert_string_equal(links[1].name, "br1");
	assert_int_equal(links[1].conf, 0);
	/* A prefix that is no more takes its routes along. */
	conf->networks[0].nprefixes = 0;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(ip_lines("route show table 45"), 0);
	assert_false(ip_shows("rule", "lookup 45"));
}

static void
what_operators_forget_is_said_once(void **state)
{
	static const char *const lines[] = {
		"forwarding is off: set net.ipv4.ip_forward=1",
		"forwarding is off: set net.ipv6.conf.all.forwarding=1",
		"wlan9: no such interface now, waiting for it",
		"br1: no IPv4 address",
		"prefix 192.168.44.0/24: overlaps 192.168.44.128/25 on up1",
		"mv0: up0 below it answers ARP for the gateway with its own "
		    "MAC address: set net.ipv4.conf.up0.arp_ignore=1",
		"br2: stations nl80211: no access point there now",
		"br3: 192.168.44.2/24: any station can answer for addresses "
		    "that have no station now: write /32",
		"br4: 192.168.44.3/25: any station",
		"br1: a bridge without a port now",
		"br3: spanning tree is on",
	};
	struct conf_iface *i4;
	const char *at;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	sh("sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
	do_ip("link add br1 type bridge");
	do_ip("addr add 192.168.44.130/25 dev up1");
	do_ip("link add mv0 link up0 type macvlan");
	do_ip("link add mv1 link up1 type macvlan");
	sh("sysctl -qw net.ipv4.conf.up1.arp_ignore=1");
	do_ip("link add br2 type bridge");
	add_iface("br1");
	add_iface("wlan9");
	add_iface("mv0");
	add_iface("mv1");
	add_iface("br2")->source = SOURCE_NL80211;
	do_ip("link add br3 type bridge");
	do_ip("addr add 192.168.44.2/24 dev br3");
	do_ip("link set br3 type bridge stp_state 1");
	add_iface("br3");
	do_ip("link add br4 type bridge");
	i4 = add_iface("br4");
	assert_int_equal(addr_parse("192.168.44.3", &i4->addrs[0].addr), 0);
	i4->addrs[0].len = V4_PLEN + 25;
	i4->naddrs = 1;
	open_kernel();
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		at = strstr(stub_log_text(), lines[i]);
		if (at == NULL || strstr(at + 1, lines[i]) != NULL)
			fail_msg("\"%s\" in:\n%s", lines[i], stub_log_text());
	}
	/* And nothing of br0, which has all. */
	assert_null(strstr(stub_log_text(), "br0: no IPv4"));
	assert_null(strstr(stub_log_text(), "br0: 192"));
	assert_null(strstr(stub_log_text(), "mv1: up1 below"));
	assert_null(strstr(stub_log_text(), "br0: a bridge"));
	assert_null(strstr(stub_log_text(), "br0: spanning"));
}

static void
an_interface_with_stations_leads_to_no_router(void **state)
{
	(void)state;
	NEEDS_ROOT();
	do_ip("route add 10.1.1.7/32 dev br0");
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	turn();
	assert_null(strstr(stub_log_text(), "is reached by it"));
	assert_int_equal(router(&r2, "10.1.1.7", NULL), 0);
	turn();
	do_ip("route add 10.1.1.8/32 dev br0");
	assert_int_equal(router(&r3, "10.1.1.8", NULL), 0);
	turn();
	assert_int_equal(stub_log_count(" is reached by it: "), 1);
	assert_int_equal(stub_log_count("br0: router "), 1);
}

static void
closing_leaves_nothing(void **state)
{
	(void)state;
	NEEDS_ROOT();
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", "2001:db8:1::2"), 0);
	assert_int_equal(set("192.168.44.5/32", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("2001:db8:1234:5::/64", ROUTE_LOCAL, NULL), 0);
	assert_int_equal(set("192.168.44.6/32", ROUTE_DIRECT, &r2), 0);
	assert_int_equal(set("2001:db8:1234:6::/64", ROUTE_DIRECT, &r2), 0);
	turn();
	assert_int_equal(ip_lines("nexthop"), 2);
	kernel_close(k, false);
	k = NULL;
	assert_int_equal(ip_lines("route show table 44"), 0);
	assert_int_equal(ip_lines("-6 route show table 44"), 0);
	assert_int_equal(ip_lines("route show proto 44"), 0);
	assert_int_equal(ip_lines("-6 route show proto 44"), 0);
	assert_int_equal(ip_lines("nexthop"), 0);
	assert_int_equal(ip_lines("neigh show dev br0"), 0);
	assert_false(ip_shows("rule", "proto 44"));
	assert_false(ip_shows("-6 rule", "proto 44"));
}

/* On a port of a bridge, as below a macvlan; what we send is not heard. */
static void
the_kernels_xid_and_nothing_else_is_heard(void **state)
{
	static const struct {
		uint8_t	type[8];
		bool	heard;
	} rows[] = {
		{ { 0, 6, 0x00, 0x01, 0xaf, 0x81, 1, 0 }, true },
		{ { 0, 6, 0x00, 0x00, 0xaf, 0x81, 1, 0 }, false },
		{ { 0, 6, 0x42, 0x42, 0x03, 0, 0, 0 }, false },	/* STP */
		{ { 0, 6, 0x00, 0x01, 0xe3, 0x81, 1, 0 }, false },
		{ { 0, 38, 0x00, 0x01, 0xaf, 0x81, 1, 0 }, false },
		{ { 0x88, 0xb5, 0x00, 0x01, 0xaf, 0x81, 1, 0 }, false },
		{ { 8, 6, 0x00, 0x01, 0xaf, 0x81, 1, 0 }, false },
		{ { 0, 6, 0x00, 0x01, 0xaf, 0x81, 1, 0 }, true }
	};
	struct mac mac = sta;
	uint8_t frame[64];
	int fd, i, heard = 0;

	(void)state;
	NEEDS_ROOT();
	fd = sock_xid_open(if_nametoindex("p0"));
	assert_int_not_equal(fd, -1);
	frame_comes("p0", &mac, rows[0].type);
	for (i = 0; i < 8; i++) {
		mac.octet[5] = (uint8_t)i;
		frame_comes("q0", &mac, rows[i].type);
	}
	while (recv(fd, frame, sizeof(frame), 0) > 0) {
		assert_true(rows[frame[11]].heard);
		heard++;
	}
	assert_int_equal(heard, 2);
	close(fd);
	assert_int_equal(sock_xid_open(0), -1);
}

#define MANY	5000

static void
many_routes_at_once(void **state)
{
	struct route rt = route("192.168.44.5/32", ROUTE_LOCAL, NULL);
	struct ctl_cursor c = { 0 };
	struct ctl_route show;
	struct kernel_stats st;
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	conf->networks[0].nprefixes = 0;
	add_prefix("10.64.0.0/10");
	open_kernel();
	assert_int_equal(router(&r2, "10.1.1.2", NULL), 0);
	for (i = 0; i < MANY; i++) {
		uint32_t a = htonl(0x0a400000 + i);

		addr_from_v4(&rt.prefix.addr, (const uint8_t *)&a);
		rt.kind = i & 1 ? ROUTE_LOCAL : ROUTE_DIRECT;
		rt.router = r2;
		assert_int_equal(kernel_route(k, &rt), 0);
	}
	turn();
	assert_int_equal(ip_lines("route show table 44"), MANY);
	assert_int_equal(ip_lines("route show proto 44"), MANY / 2);
	/* More than gc_thresh3, which all namespaces of a host share. */
	assert_int_equal(ip_lines("neigh show dev br0"), MANY / 2);
	kernel_stats(k, &st);
	assert_int_equal(st.routes, MANY);
	assert_int_equal(st.overflows, 0);
	for (i = 0; kernel_show_route(k, &c, &show) == 1; i++)
		assert_int_equal(show.installed, 1);
	assert_int_equal(i, MANY);
	kernel_close(k, false);
	k = NULL;
	assert_int_equal(ip_lines("route show table 44"), 0);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(stations_join_move_and_leave),
		TEST(a_station_found_at_start_is_present),
		TEST(only_listed_ports_have_stations),
		TEST(a_return_to_the_same_port_is_news),
		TEST(a_pinned_station_stays_at_its_port),
		TEST(at_exit_no_station_is_kept),
		TEST(a_port_that_a_former_run_has_pinned_is_free_again),
		TEST(a_static_entry_is_made_to_stay),
		TEST(a_static_entry_is_a_station_until_it_is_removed),
		TEST(an_entry_that_becomes_static_is_reported_again),
		TEST(an_isolated_port_is_reported),
		TEST(lost_bridge_events_are_made_up_for),
		TEST(a_port_that_is_plugged_brings_its_station),
		TEST(a_port_that_gets_its_carrier_is_told),
		TEST(local_routes_stand_in_all_places),
		TEST(a_prefix_goes_by_its_stations_linklocal_address),
		TEST(neighbours_are_kept_as_they_are_wanted),
		TEST(neighbours_of_all_kinds_are_put_back),
		TEST(neighbours_follow_the_engine),
		TEST(neighbours_of_a_killed_run_go_and_others_stay),
		TEST(what_arp_may_have_changed_is_not_believed),
		TEST(a_rule_that_is_removed_comes_back),
		TEST(a_rule_that_is_removed_for_ever_costs_little),
		TEST(our_own_changes_of_rules_are_no_news),
		TEST(a_rule_whose_removal_was_not_heard_of_comes_back),
		TEST(what_is_others_stays),
		TEST(a_prefix_that_goes_takes_all_that_was_ours_along),
		TEST(direct_routes_win_and_move),
		TEST(ipv4_goes_through_ipv6),
		TEST(a_nexthop_follows_the_routing_protocol),
		TEST(a_route_waits_for_its_router),
		TEST(carrier_loss_of_the_uplink_heals),
		TEST(legs_of_equal_cost_share_and_one_may_go),
		TEST(a_group_is_put_back),
		TEST(a_group_outlives_a_restart),
		TEST(a_default_route_is_no_way_unless_configured),
		TEST(a_nexthop_that_went_is_not_replaced_unnoticed),
		TEST(a_nexthop_deleted_by_hand_comes_back),
		TEST(a_step_of_the_clock_holds_nothing_up),
		TEST(a_link_that_goes_down_gets_its_routes_back),
		TEST(an_interface_that_returns_is_another),
		TEST(a_restart_touches_nothing_that_is_right),
		TEST(what_a_former_run_left_may_go_during_the_start),
		TEST(leftovers_of_a_killed_run_go),
		TEST(differences_are_put_right),
		TEST(what_must_not_be_a_route_is_refused),
		TEST(what_cannot_be_a_router_is_refused),
		TEST(more_routers_than_there_are_numbers_are_refused),
		TEST(what_the_table_cannot_ask_for_is_refused),
		TEST(gateway_address_and_mac_are_set_and_taken_back),
		TEST(a_restarted_run_takes_all_back),
		TEST(what_is_not_configured_any_more_goes_at_the_next_start),
		TEST(an_interface_that_is_not_configured_any_more_is_as_before),
		TEST(all_that_runs_have_left_is_removed),
		TEST(addresses_of_a_killed_run_are_ours),
		TEST(without_direct_routes_a_lost_one_drains),
		TEST(a_reload_moves_tables_and_drops_interfaces),
		TEST(what_operators_forget_is_said_once),
		TEST(an_interface_with_stations_leads_to_no_router),
		TEST(the_kernels_xid_and_nothing_else_is_heard),
		TEST(closing_leaves_nothing),
		TEST(many_routes_at_once),
	};

	if (geteuid() != 0)
		puts("SKIP kernel: network namespaces need root");
	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
