/* SPDX-License-Identifier: ISC */
/*
 * How long from a station's first frame to its routes.  One process sends the
 * frame, from the stations' namespace, and receives the events of two routers'
 * kernels: the bridge's new entry, the route at the router that has the
 * station, and the direct route at the other.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "station.h"
#include "util.h"

#define PATIENCE	1000		/* ms for all routes of one station */
#define PAUSE		4000		/* us between two stations */

enum event {
	SENT,
	SEEN,			/* RTM_NEWNEIGH of the bridge */
	LOCAL,			/* RTM_NEWROUTE, protocol 44 */
	REMOTE,			/* protocol 45, at the other router */
	EVENTS
};

static void		 enter(const char *);
static int		 open_station(const char *, const char *);
static int		 open_router(const char *, uint32_t);
static bool		 join(int, const struct pollfd *, uint32_t, uint64_t *);
static void		 hear(int, uint32_t, uint64_t *);
static bool		 is_neigh(struct nlmsghdr *, const uint8_t *);
static bool		 is_route(struct nlmsghdr *, uint32_t, uint8_t);
static struct rtattr	*attr(struct rtattr *, size_t, unsigned short, size_t);
static void		 report(const char *, uint64_t (*)[EVENTS], uint32_t,
			    enum event, enum event);

int
main(int argc, char **argv)
{
	struct pollfd pfd[2] = { { .events = POLLIN }, { .events = POLLIN } };
	uint64_t (*at)[EVENTS];
	uint32_t i, n, have = 0, lost = 0;
	int station;

	if (argc != 6)
		errx(1, "usage: join stations station-netns interface "
		    "router-netns other-netns");
	n = (uint32_t)strtoul(argv[1], NULL, 10);
	at = calloc(n, sizeof(*at));
	if (at == NULL)
		err(1, NULL);
	station = open_station(argv[2], argv[3]);
	pfd[0].fd = open_router(argv[4], RTMGRP_NEIGH | RTMGRP_IPV4_ROUTE);
	pfd[1].fd = open_router(argv[5], RTMGRP_IPV4_ROUTE);
	for (i = 0; i < n; i++) {
		if (join(station, pfd, i, at[have]))
			have++;
		else
			lost++;
		usleep(PAUSE);
	}
	printf("{\"joins\": %u, \"lost\": %u", have, lost);
	report("local", at, have, SEEN, LOCAL);
	report("remote", at, have, SEEN, REMOTE);
	printf("}\n");
	free(at);
	return 0;
}

static void
enter(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    setns(fd, CLONE_NEWNET) == -1)
		err(1, "%s", path);
	close(fd);
}

static int
open_station(const char *netns, const char *ifname)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int fd;

	enter(netns);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	sll.sll_ifindex = (int)if_nametoindex(ifname);
	if (fd == -1 || sll.sll_ifindex == 0 ||
	    bind(fd, (struct sockaddr *)&sll, sizeof(sll)) == -1)
		err(1, "%s", ifname);
	return fd;
}

static int
open_router(const char *netns, uint32_t groups)
{
	struct sockaddr_nl snl = {
		.nl_family = AF_NETLINK,
		.nl_groups = groups
	};
	int fd;

	enter(netns);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (fd == -1 || bind(fd, (struct sockaddr *)&snl, sizeof(snl)) == -1)
		err(1, "netlink");
	return fd;
}

/* An LLC XID frame to all, as an access point's kernel sends it. */
static bool
join(int station, const struct pollfd *routers, uint32_t n, uint64_t *at)
{
	struct pollfd pfd[2] = { routers[0], routers[1] };
	const uint8_t mac[6] = STATION_MAC(n);
	uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint64_t end;

	memset(at, 0, EVENTS * sizeof(*at));
	memcpy(frame + 6, mac, sizeof(mac));
	memcpy(frame + 12, "\0\6\0\1\xaf\x81\1", 8);
	at[SENT] = now_ns();
	end = at[SENT] + PATIENCE * 1000000ull;
	if (send(station, frame, sizeof(frame), 0) == -1)
		err(1, "send");
	while (at[SEEN] == 0 || at[LOCAL] == 0 || at[REMOTE] == 0) {
		if (now_ns() > end)
			return false;
		if (poll(pfd, 2, 10) == -1)
			err(1, "poll");
		hear(pfd[0].fd, n, at);
		hear(pfd[1].fd, n, at);
	}
	return true;
}

static void
hear(int fd, uint32_t n, uint64_t *at)
{
	_Alignas(struct nlmsghdr) static char buf[65536];
	const uint8_t mac[6] = STATION_MAC(n);
	uint32_t addr = htonl(STATION_ADDR(n));
	struct nlmsghdr *h;
	ssize_t len;
	uint64_t now;

	while ((len = recv(fd, buf, sizeof(buf), 0)) > 0) {
		now = now_ns();
		for (h = (void *)buf; NLMSG_OK(h, (size_t)len);
		    h = NLMSG_NEXT(h, len)) {
			if (at[SEEN] == 0 && is_neigh(h, mac))
				at[SEEN] = now;
			else if (at[LOCAL] == 0 && is_route(h, addr, 44))
				at[LOCAL] = now;
			else if (at[REMOTE] == 0 && is_route(h, addr, 45))
				at[REMOTE] = now;
		}
	}
	if (len == -1 && errno != EAGAIN && errno != ENOBUFS)
		err(1, "netlink");
}

static bool
is_neigh(struct nlmsghdr *h, const uint8_t *mac)
{
	struct ndmsg *nd = NLMSG_DATA(h);
	struct rtattr *a;

	if (h->nlmsg_type != RTM_NEWNEIGH || nd->ndm_family != AF_BRIDGE)
		return false;
	a = attr((void *)((char *)nd + NLMSG_ALIGN(sizeof(*nd))),
	    NLMSG_PAYLOAD(h, sizeof(*nd)), NDA_LLADDR, 6);
	return a != NULL && memcmp(RTA_DATA(a), mac, 6) == 0;
}

static bool
is_route(struct nlmsghdr *h, uint32_t addr, uint8_t protocol)
{
	struct rtmsg *rt = NLMSG_DATA(h);
	struct rtattr *a;

	if (h->nlmsg_type != RTM_NEWROUTE || rt->rtm_family != AF_INET ||
	    rt->rtm_dst_len != 32 || rt->rtm_protocol != protocol)
		return false;
	a = attr(RTM_RTA(rt), NLMSG_PAYLOAD(h, sizeof(*rt)), RTA_DST, 4);
	return a != NULL && memcmp(RTA_DATA(a), &addr, 4) == 0;
}

static struct rtattr *
attr(struct rtattr *a, size_t len, unsigned short type, size_t size)
{
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type == type && RTA_PAYLOAD(a) == size)
			return a;
	return NULL;
}

static void
report(const char *name, uint64_t (*at)[EVENTS], uint32_t n, enum event from,
    enum event to)
{
	uint64_t *took;
	uint32_t i;

	took = calloc(n, sizeof(*took));
	if (took == NULL)
		err(1, NULL);
	for (i = 0; i < n; i++)
		took[i] = at[i][to] > at[i][from] ? at[i][to] - at[i][from] : 0;
	sort64(took, n);
	printf(", \"%s\": {\"p50_us\": %.1f, \"p99_us\": %.1f, "
	    "\"max_us\": %.1f}", name, percentile_us(took, n, 0.5),
	    percentile_us(took, n, 0.99), percentile_us(took, n, 1));
	free(took);
}
