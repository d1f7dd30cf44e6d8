/* SPDX-License-Identifier: ISC */
/* Netlink sockets on which the kernel reports changes. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "kernel/monitor.h"
#include "kernel/netlink_socket.h"

#define TURN		64	/* datagrams in one turn of the loop */
#define RCVBUF		(8 << 20)

struct netlink_monitor {
	int		  fd;
	struct event	 *ev;
	netlink_each	 *each;
	void		(*lost)(void *);
	void		 *arg;
};

static void	monitor_event(evutil_socket_t, short, void *);

struct netlink_monitor *
netlink_monitor_open(struct event_base *base, int protocol, const int *groups,
    unsigned int ngroups, struct sock_filter *filter, unsigned int nfilter,
    netlink_each *each, void (*lost)(void *), void *arg)
{
	struct netlink_monitor *mon;
	unsigned int i;

	if ((mon = calloc(1, sizeof(*mon))) == NULL)
		fatal("netlink");
	mon->each = each;
	mon->lost = lost;
	mon->arg = arg;
	if ((mon->fd = netlink_socket(protocol, RCVBUF)) == -1) {
		free(mon);
		return NULL;
	}
	if (nfilter > 0)
		netlink_monitor_filter(mon, filter, nfilter);
	for (i = 0; i < ngroups; i++)
		if (setsockopt(mon->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		    &groups[i], sizeof(groups[i])) == -1)
			log_warn("netlink: group %d", groups[i]);
	mon->ev = event_new(base, mon->fd, EV_READ | EV_PERSIST,
	    monitor_event, mon);
	if (mon->ev == NULL || event_add(mon->ev, NULL) == -1)
		fatalx("netlink: no event for a monitor");
	return mon;
}

void
netlink_monitor_filter(struct netlink_monitor *mon, struct sock_filter *filter,
    unsigned int nfilter)
{
	struct sock_fprog prog = { (unsigned short)nfilter, filter };

	if (setsockopt(mon->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1)
		log_warn("netlink: filter");
}

static void
monitor_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	netlink_monitor_read(arg);
}

void
netlink_monitor_read(struct netlink_monitor *mon)
{
	static uint8_t buf[NETLINK_CHUNK] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
	ssize_t n;
	int i, left;
	bool lost = false;

	for (i = 0; i < TURN; i++) {
		n = netlink_receive(mon->fd, buf, sizeof(buf));
		if (n == -1 && errno == ENOBUFS) {
			lost = true;
			continue;
		}
		if (n == -1) {
			if (errno != EAGAIN)
				log_warn("netlink: monitor");
			break;
		}
		left = (int)n;
		for (nlh = (void *)buf; nlmsg_ok(nlh, left);
		    nlh = nlmsg_next(nlh, &left))
			mon->each(mon->arg, nlh);
	}
	if (lost)
		mon->lost(mon->arg);
}

void
netlink_monitor_close(struct netlink_monitor *mon)
{
	if (mon == NULL)
		return;
	event_free(mon->ev);
	close(mon->fd);
	free(mon);
}
