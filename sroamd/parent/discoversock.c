/* SPDX-License-Identifier: ISC */
/* The sockets on which routers of a link find each other. */
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

#define LOOK_S		2	/* for interfaces that come and go */
#define RCVBUF		65536

struct place {
	TAILQ_ENTRY(place)	 entry;
	struct ipc_discover	at;		/* ifindex 0: no socket there */
	bool			keep, failed;
};

struct discoversock {
	struct discoversock_ops	 ops;
	struct event		*timer;
	TAILQ_HEAD(, place)	 places;
	/* in force; not all have room */
	const struct conf	*missing;
};

static void	look(evutil_socket_t, short, void *);
static void	places_add(struct discoversock *, const struct conf *);
static void	place_add(struct discoversock *, const struct conf *,
		    const struct conf_peer *);
static void	place_look(struct discoversock *, struct place *);
static int	place_socket(const struct place *, uint32_t);

struct discoversock *
discoversock_new(struct event_base *base, const struct discoversock_ops *ops)
{
	struct discoversock *ds;

	ds = calloc(1, sizeof(*ds));
	if (ds == NULL)
		return NULL;
	ds->ops = *ops;
	TAILQ_INIT(&ds->places);
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
	struct place *p;

	if (ds == NULL)
		return;
	while ((p = TAILQ_FIRST(&ds->places)) != NULL) {
		TAILQ_REMOVE(&ds->places, p, entry);
		free(p);
	}
	event_free(ds->timer);
	free(ds);
}

/* The engine keeps the sockets of what is configured as before. */
void
discoversock_conf(struct discoversock *ds, const struct conf *conf)
{
	struct place *p, *next;

	TAILQ_FOREACH(p, &ds->places, entry)
		p->keep = false;
	places_add(ds, conf);
	TAILQ_FOREACH_SAFE(p, &ds->places, entry, next) {
		if (p->keep)
			continue;
		TAILQ_REMOVE(&ds->places, p, entry);
		free(p);
	}
	look(-1, 0, ds);
}

void
discoversock_lost(struct discoversock *ds, uint32_t ifindex)
{
	struct place *p;

	TAILQ_FOREACH(p, &ds->places, entry)
		if (p->at.ifindex == ifindex)
			p->at.ifindex = 0;	/* until the next look */
}

static void
places_add(struct discoversock *ds, const struct conf *conf)
{
	size_t i;

	ds->missing = NULL;
	for (i = 0; i < conf->npeers; i++)
		if (conf->peers[i].automatic)
			place_add(ds, conf, &conf->peers[i]);
}

static void
place_add(struct discoversock *ds, const struct conf *conf,
    const struct conf_peer *peer)
{
	struct place *p;

	TAILQ_FOREACH(p, &ds->places, entry) {
		if (strcmp(p->at.name, peer->host) == 0 &&
		    p->at.port == peer->port) {
			p->keep = true;
			return;
		}
	}
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		nomem("a place of neighbours");
		ds->missing = conf;
		return;
	}
	strlcpy(p->at.name, peer->host, sizeof(p->at.name));
	p->at.port = peer->port;
	p->keep = true;
	TAILQ_INSERT_TAIL(&ds->places, p, entry);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { LOOK_S, 0 };
	struct discoversock *ds = arg;
	struct place *p;

	(void)fd;
	(void)what;
	if (ds->missing != NULL)
		places_add(ds, ds->missing);
	TAILQ_FOREACH(p, &ds->places, entry)
		place_look(ds, p);
	if (TAILQ_EMPTY(&ds->places) && ds->missing == NULL)
		evtimer_del(ds->timer);
	else
		evtimer_add(ds->timer, &tv);
}

/* An interface that was made anew has another index. */
static void
place_look(struct discoversock *ds, struct place *p)
{
	uint32_t ifindex = if_nametoindex(p->at.name);
	int fd = -1;

	if (ifindex != 0 && ifindex == p->at.ifindex)
		return;
	if (ifindex == 0)
		errno = ENODEV;
	else
		fd = place_socket(p, ifindex);
	if (fd == -1) {
		if (!p->failed)
			log_warn("peer auto on %s", p->at.name);
		p->failed = true;
		p->at.ifindex = 0;
		return;
	}
	p->failed = false;
	p->at.ifindex = ifindex;
	ds->ops.ready(ds->ops.arg, &p->at, fd);
}

/* Bound to the group: it hears nothing else, and is heard on its link only. */
static int
place_socket(const struct place *p, uint32_t ifindex)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(p->at.port),
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
