/* SPDX-License-Identifier: ISC */
/* Sockets of sessions: listening ones, and accepted connections. */
#include <sys/queue.h>
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "common/ratelimit.h"
#include "parent/peerlimit.h"
#include "parent/peersock_local.h"

#define BACKLOG			1024
#define REPORTS_MAX		16	/* refused: single reports a second */
#define BUSY_TRIES		100	/* of 10 ms */

struct listener {
	TAILQ_ENTRY(listener)	 entry;
	struct peersock		*ps;
	struct conf_listen	 conf, prepared;
	struct event		*event;
	bool			 started;	/* accepts */
	int			 fd;
	/* in the prepared configuration */
	bool			 wanted;
};

struct peersock {
	struct event_base	*base;
	struct peersock_ops	 ops;
	TAILQ_HEAD(, listener)	 listeners;
	struct peerconn		*conn;
	struct peerlimit	*limit;
	struct event		*second;	/* the next second starts */
	/* refused and reported, in this one */
	unsigned int		 reported;
	/* refused and not reported, counted */
	struct ipc_peer		 unreported;
	/* EMFILE and the like, in total */
	unsigned int		 short_of;
	struct ratelimit	 said;
	bool			 paused;
	bool			 running;	/* has been committed once */
};

static struct listener	*listener_find(struct peersock *,
			    const struct conf_listen *);
static struct listener	*listener_open(struct peersock *,
			    const struct conf_listen *, char *, size_t);
static int		 listen_start(const struct conf_listen *);
static int		 listen_socket(const struct conf_listen *, bool);
static int		 bind_early(int, const union sockaddrs *, socklen_t);
static void		 listener_free(struct listener *);
static void		 share_ports(struct peersock *, bool);
static void		 listener_start(struct listener *);
static void		 listener_accept(evutil_socket_t, short, void *);
static void		 refuse(struct peersock *, const struct ipc_peer *,
			    int);
static void		 pause_accepting(struct peersock *);
static void		 start_second(struct peersock *);
static void		 next_second(evutil_socket_t, short, void *);
static void		 from_sockaddr(const union sockaddrs *, struct addr *,
			    uint16_t *);

struct peersock *
peersock_new(struct event_base *base, const struct peersock_ops *ops)
{
	struct peersock *ps;

	ps = calloc(1, sizeof(*ps));
	if (ps == NULL)
		return NULL;
	ps->base = base;
	ps->ops = *ops;
	TAILQ_INIT(&ps->listeners);
	ps->second = evtimer_new(base, next_second, ps);
	ps->conn = peerconn_new(base, ops);
	ps->limit = peerlimit_new(arc4random());
	if (ps->second == NULL || ps->conn == NULL || ps->limit == NULL) {
		if (ps->second != NULL)
			event_free(ps->second);
		peerlimit_free(ps->limit);
		peerconn_free(ps->conn);
		free(ps);
		return NULL;
	}
	return ps;
}

void
peersock_free(struct peersock *ps)
{
	struct listener *l;

	if (ps == NULL)
		return;
	while ((l = TAILQ_FIRST(&ps->listeners)) != NULL)
		listener_free(l);
	peerconn_free(ps->conn);
	peerlimit_free(ps->limit);
	event_free(ps->second);
	free(ps);
}

int
peersock_prepare(struct peersock *ps, const struct conf *conf, char *why,
    size_t len)
{
	struct listener *l;
	size_t i;

	if (peerconn_prepare(ps->conn, conf) == -1) {
		nomem("the peers of a configuration");
		strlcpy(why, "no memory", len);
		return -1;
	}
	for (i = 0; i < conf->nlistens; i++) {
		l = listener_find(ps, &conf->listens[i]);
		if (l != NULL) {
			l->wanted = true;
			l->prepared = conf->listens[i];
		}
	}
	share_ports(ps, true);
	for (i = 0; i < conf->nlistens; i++) {
		if (listener_find(ps, &conf->listens[i]) != NULL)
			continue;
		l = listener_open(ps, &conf->listens[i], why, len);
		if (l == NULL)
			break;
		l->wanted = true;
	}
	share_ports(ps, false);
	if (i < conf->nlistens) {
		peersock_abort(ps);
		return -1;
	}
	return 0;
}

void
peersock_commit(struct peersock *ps)
{
	struct listener *l, *next;

	TAILQ_FOREACH_SAFE(l, &ps->listeners, entry, next) {
		if (!l->wanted) {
			listener_free(l);
			continue;
		}
		l->wanted = false;
		l->conf = l->prepared;
		if (!l->started)
			listener_start(l);
	}
	peerconn_commit(ps->conn);
	ps->running = true;
}

void
peersock_abort(struct peersock *ps)
{
	struct listener *l, *next;

	TAILQ_FOREACH_SAFE(l, &ps->listeners, entry, next) {
		l->wanted = false;
		if (!l->started)
			listener_free(l);
	}
	peerconn_abort(ps->conn);
}

void
peersock_connect(struct peersock *ps, const struct ipc_peer *peer)
{
	peerconn_connect(ps->conn, peer);
}

void
peersock_resolved(struct peersock *ps, uint32_t question,
    const struct ipc_resolved *answer)
{
	peerconn_resolved(ps->conn, question, answer);
}

void
peersock_route(struct peersock *ps, const struct prefix *prefix)
{
	peerconn_route(ps->conn, prefix);
}

/* Listening. */

static struct listener *
listener_find(struct peersock *ps, const struct conf_listen *conf)
{
	struct listener *l;

	/* A handful of sockets, and only at a reload. */
	TAILQ_FOREACH(l, &ps->listeners, entry)
		if (addr_cmp(&l->conf.addr, &conf->addr) == 0 &&
		    l->conf.port == conf->port &&
		    l->conf.notls == conf->notls)
			return l;
	return NULL;
}

static struct listener *
listener_open(struct peersock *ps, const struct conf_listen *conf, char *why,
    size_t len)
{
	bool sharing = false;
	struct listener *l;
	int fd;

	TAILQ_FOREACH(l, &ps->listeners, entry)
		if (!l->wanted && l->conf.port == conf->port)
			sharing = true;
	fd = ps->running ? listen_socket(conf, sharing) : listen_start(conf);
	if (fd == -1) {
		snprintf(why, len, "listen on %s port %u: %s",
		    addr_is_none(&conf->addr) ? "*" : addr_text(&conf->addr),
		    conf->port, strerror(errno));
		return NULL;
	}
	if ((l = calloc(1, sizeof(*l))) == NULL ||
	    (l->event = event_new(ps->base, fd, EV_READ | EV_PERSIST,
	    listener_accept, l)) == NULL) {
		nomem("a listener");
		strlcpy(why, "no memory", len);
		free(l);
		close(fd);
		return NULL;
	}
	l->ps = ps;
	l->conf = l->prepared = *conf;
	l->fd = fd;
	TAILQ_INSERT_TAIL(&ps->listeners, l, entry);
	return l;
}

/*
 * A child of a killed run may still have the port, until it notices its
 * parent's end: wait a little.
 */
static int
listen_start(const struct conf_listen *conf)
{
	struct timespec ms10 = { 0, 10000000 };
	int fd, i;

	for (i = 0; (fd = listen_socket(conf, false)) == -1 &&
	    errno == EADDRINUSE && i < BUSY_TRIES; i++)
		nanosleep(&ms10, NULL);
	return fd;
}

/* On all addresses: one socket for both families, if the system has both. */
static int
listen_socket(const struct conf_listen *conf, bool sharing)
{
	bool any = addr_is_none(&conf->addr);
	union sockaddrs ss;
	socklen_t len;
	int fd, error, on = 1, off = 0;

	len = sockaddr_make(&conf->addr, conf->port, &ss);
	fd = socket(ss.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd == -1 && any && errno == EAFNOSUPPORT) {
		memset(&ss, 0, sizeof(ss));
		ss.in.sin_family = AF_INET;
		ss.in.sin_port = htons(conf->port);
		len = sizeof(ss.in);
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
	}
	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		goto fail;
	if (ss.sa.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, any ? &off : &on, sizeof(on)) == -1)
		goto fail;
	if (sharing && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on,
	    sizeof(on)) == -1)
		goto fail;
	if ((bind(fd, &ss.sa, len) == -1 &&
	    (errno != EADDRNOTAVAIL || bind_early(fd, &ss, len) == -1)) ||
	    listen(fd, BACKLOG) == -1)
		goto fail;
	return fd;

 fail:
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* The address may be added later, as at boot: then connections arrive. */
static int
bind_early(int fd, const union sockaddrs *ss, socklen_t len)
{
	struct addr addr;
	uint16_t port;
	int on = 1;

	if (ss->sa.sa_family == AF_INET6 ? setsockopt(fd, IPPROTO_IPV6,
	    IPV6_FREEBIND, &on, sizeof(on)) == -1 : setsockopt(fd, IPPROTO_IP,
	    IP_FREEBIND, &on, sizeof(on)) == -1)
		return -1;
	if (bind(fd, &ss->sa, len) == -1)
		return -1;
	from_sockaddr(ss, &addr, &port);
	log_warnx("listen on %s port %u: no such address now, waiting for it",
	    addr_text(&addr), port);
	return 0;
}

static void
listener_free(struct listener *l)
{
	TAILQ_REMOVE(&l->ps->listeners, l, entry);
	event_free(l->event);
	close(l->fd);
	free(l);
}

/*
 * For a reload from "listen on *" to one address on the same port, or back:
 * the new socket is bound while the old one still listens, so that a reload
 * that fails changes nothing.  The option is set for this moment only: another
 * daemon on the port is an error.
 */
static void
share_ports(struct peersock *ps, bool share)
{
	int value = share;
	struct listener *l;

	TAILQ_FOREACH(l, &ps->listeners, entry)
		if (!l->wanted || !l->started)
			(void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEPORT,
			    &value, sizeof(value));
}

static void
listener_start(struct listener *l)
{
	l->started = true;
	if (!l->ps->paused && event_add(l->event, NULL) == -1) {
		nomem("a listener");
		pause_accepting(l->ps);
	}
}

static void
listener_accept(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	struct peersock *ps = l->ps;
	struct ipc_peer peer = { .notls = l->conf.notls };
	union sockaddrs ss;
	socklen_t len = sizeof(ss);
	int s, error = 0;

	(void)what;
	if (ps->ops.busy != NULL && ps->ops.busy(ps->ops.arg)) {
		pause_accepting(ps);
		return;
	}
	s = accept4(fd, &ss.sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (s == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			error = errno;
			ps->short_of++;
			if (ratelimit_pass(&ps->said, RATELIMIT_LOG,
			    clock_monotime()))
				log_warnx("listen port %u: accept: %s (%u "
				    "times so far)", l->conf.port,
				    strerror(error), ps->short_of);
			pause_accepting(ps);
		}
		return;
	}
	from_sockaddr(&ss, &peer.addr, &peer.port);
	if (ss.sa.sa_family == AF_INET6)
		peer.ifindex = ss.in6.sin6_scope_id;
	peer.known = peerconn_knows(ps->conn, &peer.addr);
	if (!conf_permits(&l->conf, &peer.addr))
		error = EACCES;
	else if (!peer.known &&
	    !peerlimit_take(ps->limit, &peer.addr, clock_monotime()))
		error = EUSERS;
	if (error != 0 || peersock_options(s) == -1) {
		close(s);
		if (error != 0)
			refuse(ps, &peer, error);
		return;
	}
	ps->ops.connected(ps->ops.arg, &peer, s);
}

/* All are counted; in a flood they are reported to the engine in sum. */
static void
refuse(struct peersock *ps, const struct ipc_peer *peer, int error)
{
	struct ipc_peer answer = *peer;

	start_second(ps);
	answer.error = error;
	answer.known = 0;
	if (ps->reported < REPORTS_MAX) {
		ps->reported++;
		ps->ops.failed(ps->ops.arg, &answer);
		return;
	}
	/* The first one, and the number of those after it. */
	if (ps->unreported.error == 0)
		ps->unreported = answer;
	else
		ps->unreported.more++;
}

/* Connections wait in the kernel, where their senders pay for them. */
static void
pause_accepting(struct peersock *ps)
{
	struct listener *l;

	ps->paused = true;
	TAILQ_FOREACH(l, &ps->listeners, entry)
		if (l->started)
			event_del(l->event);
	start_second(ps);
}

static void
start_second(struct peersock *ps)
{
	struct timeval second = { 1, 0 };

	if (!evtimer_pending(ps->second, NULL))
		evtimer_add(ps->second, &second);
}

static void
next_second(evutil_socket_t fd, short what, void *arg)
{
	struct peersock *ps = arg;
	struct listener *l;

	(void)fd;
	(void)what;
	ps->reported = 0;
	if (ps->unreported.error != 0) {
		ps->ops.failed(ps->ops.arg, &ps->unreported);
		memset(&ps->unreported, 0, sizeof(ps->unreported));
	}
	if (!ps->paused)
		return;
	ps->paused = false;
	TAILQ_FOREACH(l, &ps->listeners, entry)
		if (l->started && !ps->paused)
			listener_start(l);	/* may pause again */
}

/* An IPv4 peer on an IPv6 socket has an IPv4-mapped address, as ours are. */
static void
from_sockaddr(const union sockaddrs *ss, struct addr *addr, uint16_t *port)
{
	uint8_t v4[4];

	if (ss->sa.sa_family == AF_INET) {
		memcpy(v4, &ss->in.sin_addr, sizeof(v4));
		addr_from_v4(addr, v4);
		*port = ntohs(ss->in.sin_port);
		return;
	}
	memcpy(addr->octet, &ss->in6.sin6_addr, sizeof(addr->octet));
	*port = ntohs(ss->in6.sin6_port);
}
