/* SPDX-License-Identifier: ISC */
/* The sockets by which routers on a link discover each other. */
#include <sys/queue.h>
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/nomem.h"
#include "parent/discoversock.h"
#include "wire/discover.h"

#define LOOK_S		2	/* between looks at the interfaces */
#define RCVBUF		65536

struct discover_link {
	TAILQ_ENTRY(discover_link)	entry;
	/* ifindex 0: no socket there */
	struct ipc_discover		at;
	bool				keep, failed;
};

struct discoversock {
	struct discoversock_ops		 ops;
	struct event			*timer;
	TAILQ_HEAD(, discover_link)	 links;
	/* in force; links lacked memory */
	const struct conf		*missing;
};

static void	look(evutil_socket_t, short, void *);
static void	links_add(struct discoversock *, const struct conf *);
static void	link_add(struct discoversock *, const struct conf *,
		    const struct conf_peer *);
static void	link_look(struct discoversock *, struct discover_link *);
static int	link_socket(const struct discover_link *, uint32_t);

struct discoversock *
discoversock_new(struct event_base *base, const struct discoversock_ops *ops)
{
	struct discoversock *ds;

	ds = calloc(1, sizeof(*ds));
	if (ds == NULL)
		return NULL;
	ds->ops = *ops;
	TAILQ_INIT(&ds->links);
	ds->timer = evtimer_new(base, look, ds);
	if (ds->timer == NULL) {
		free(ds);
		return NULL;
	}
	return ds;
}

void
discoversock_free(struct discoversock *ds)
{
	struct discover_link *l;

	if (ds == NULL)
		return;
	while ((l = TAILQ_FIRST(&ds->links)) != NULL) {
		TAILQ_REMOVE(&ds->links, l, entry);
		free(l);
	}
	event_free(ds->timer);
	free(ds);
}

/* A link that is still configured keeps its socket, in the engine. */
void
discoversock_conf(struct discoversock *ds, const struct conf *conf)
{
	struct discover_link *l, *next;

	TAILQ_FOREACH(l, &ds->links, entry)
		l->keep = false;
	links_add(ds, conf);
	TAILQ_FOREACH_SAFE(l, &ds->links, entry, next) {
		if (l->keep)
			continue;
		TAILQ_REMOVE(&ds->links, l, entry);
		free(l);
	}
	look(-1, 0, ds);
}

void
discoversock_lost(struct discoversock *ds, uint32_t ifindex)
{
	struct discover_link *l;

	TAILQ_FOREACH(l, &ds->links, entry)
		if (l->at.ifindex == ifindex)
			l->at.ifindex = 0;	/* until the next look */
}

static void
links_add(struct discoversock *ds, const struct conf *conf)
{
	size_t i;

	ds->missing = NULL;
	for (i = 0; i < conf->npeers; i++)
		if (conf->peers[i].automatic)
			link_add(ds, conf, &conf->peers[i]);
}

static void
link_add(struct discoversock *ds, const struct conf *conf,
    const struct conf_peer *peer)
{
	struct discover_link *l;

	TAILQ_FOREACH(l, &ds->links, entry) {
		if (strcmp(l->at.name, peer->host) == 0 &&
		    l->at.port == peer->port) {
			l->keep = true;
			return;
		}
	}
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		nomem("a link of neighbours");
		ds->missing = conf;
		return;
	}
	strlcpy(l->at.name, peer->host, sizeof(l->at.name));
	l->at.port = peer->port;
	l->keep = true;
	TAILQ_INSERT_TAIL(&ds->links, l, entry);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { LOOK_S, 0 };
	struct discoversock *ds = arg;
	struct discover_link *l;

	(void)fd;
	(void)what;
	if (ds->missing != NULL)
		links_add(ds, ds->missing);
	TAILQ_FOREACH(l, &ds->links, entry)
		link_look(ds, l);
	if (TAILQ_EMPTY(&ds->links) && ds->missing == NULL)
		evtimer_del(ds->timer);
	else
		evtimer_add(ds->timer, &tv);
}

/* An interface that was created again has another index. */
static void
link_look(struct discoversock *ds, struct discover_link *l)
{
	uint32_t ifindex = if_nametoindex(l->at.name);
	int fd = -1;

	if (ifindex != 0 && ifindex == l->at.ifindex)
		return;
	if (ifindex == 0)
		errno = ENODEV;
	else
		fd = link_socket(l, ifindex);
	if (fd == -1) {
		if (!l->failed)
			log_warn("peer auto on %s", l->at.name);
		l->failed = true;
		l->at.ifindex = 0;
		return;
	}
	l->failed = false;
	l->at.ifindex = ifindex;
	ds->ops.ready(ds->ops.arg, &l->at, fd);
}

/* Bound to the group: it receives only what is sent there, on this link. */
static int
link_socket(const struct discover_link *l, uint32_t ifindex)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(l->at.port),
		.sin6_scope_id = ifindex
	};
	struct ipv6_mreq group = { .ipv6mr_interface = ifindex };
	const struct {
		int	level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_RCVBUF, RCVBUF },
		{ IPPROTO_IPV6, IPV6_V6ONLY, 1 },
		{ IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)ifindex },
		{ IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0 },
		{ IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255 },
		{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1 }
	};
	struct addr addr;
	size_t i;
	int fd, error;

	if (addr_parse(DISCOVER_GROUP, &addr) == -1)
		fatalx("discover: %s", DISCOVER_GROUP);
	memcpy(&in6.sin6_addr, addr.octet, sizeof(in6.sin6_addr));
	group.ipv6mr_multiaddr = in6.sin6_addr;
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value)) == -1)
			goto fail;
	if (bind(fd, (struct sockaddr *)&in6, sizeof(in6)) == -1 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &group,
	    sizeof(group)) == -1)
		goto fail;
	return fd;

 fail:
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
