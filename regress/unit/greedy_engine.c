/* SPDX-License-Identifier: ISC */
/*
 * Replaces the engine of a daemon whose other programs are the real ones: it
 * takes any configuration, and then asks its parent for more routes, neighbour
 * entries and routers than it may have.  Until the parent ends.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "ipc/ipc.h"
#include "proc/child.h"

#define EACH	3000		/* requests of each kind */

static struct imsgbuf	*parent;
static uint32_t		 ifindex;
static bool		 committed;

static void
say(uint32_t type, const void *data, size_t len)
{
	if (imsg_compose(parent, type, 0, -1, data, len) == -1)
		_exit(99);
}

static void
ask_for_all(void)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 7 } };
	struct route route = { .kind = ROUTE_LOCAL, .mac = mac,
	    .ifindex = ifindex };
	struct neigh neigh = { .ifindex = ifindex, .present = 1, .mac = mac };
	struct nexthop nexthop = { .router = { { 4 } } };
	uint32_t i, v4;

	(void)addr_parse("2001:db8:44:5:100::", &neigh.addr);
	(void)addr_parse("10.0.0.2", &nexthop.addr4);
	for (i = 0; i < EACH; i++) {
		v4 = htonl(0x0a400000 + i);
		addr_from_v4(&route.prefix.addr, (const uint8_t *)&v4);
		route.prefix.len = 128;
		say(IPC_ROUTE, &route, sizeof(route));
		memcpy(neigh.addr.octet + 12, &i, sizeof(i));
		say(IPC_NEIGH, &neigh, sizeof(neigh));
		memcpy(nexthop.router.octet + 4, &i, sizeof(i));
		say(IPC_NEXTHOP, &nexthop, sizeof(nexthop));
	}
}

static void
take(const struct imsg *imsg)
{
	struct link link;

	if (imsg->fd >= 0)
		close(imsg->fd);
	switch (imsg->type) {
	case IPC_CONF_END:
		say(IPC_CONF_READY, NULL, 0);
		break;
	case IPC_CONF_COMMIT:
		committed = true;
		break;
	case IPC_LINK:
		if (imsg_data(imsg, &link, sizeof(link)) == 0 && link.up)
			ifindex = link.ifindex;
		break;
	case IPC_SHUTDOWN:
		_exit(0);
	}
}

int
main(void)
{
	struct pollfd	pfd = { .fd = CHILD_FD, .events = POLLIN };
	struct imsg	imsg;
	bool		asked = false;

	if ((parent = imsgbuf_new(CHILD_FD, true, 64 * 1024 * 1024)) == NULL)
		return 99;
	for (;;) {
		pfd.events = imsgbuf_queued(parent) > 0 ? POLLIN | POLLOUT :
		    POLLIN;
		if (poll(&pfd, 1, -1) == -1)
			return 99;
		if ((pfd.revents & (POLLIN | POLLHUP)) &&
		    imsgbuf_read(parent) <= 0)
			return 0;
		while (imsg_get(parent, &imsg) == 1)
			take(&imsg);
		if (committed && ifindex != 0 && !asked) {
			asked = true;
			ask_for_all();
		}
		if (imsgbuf_write(parent) == -1 && errno != EAGAIN)
			return 0;
	}
}
