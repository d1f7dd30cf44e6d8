/* SPDX-License-Identifier: ISC */
/*
 * Connections to peers, by address or by name, as configured.  Each address is
 * tried from our router address, and then from the source address that the
 * kernel chooses.  The kernel chooses a link's address: if only router
 * addresses are routed, the answer is lost, and when the link fails, the
 * session does not move to another.
 */
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/tree.h>

#include <errno.h>
#include <event2/event.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "parent/peersock_local.h"

#define CONNECT_TIMEOUT		10	/* s */
#define SHORT_TIMEOUT		4	/* s, where there are more addresses */
#define SHORT_SESSION		30000	/* ms: shorter: try another address */
#define ATTEMPTS_MAX		2048
#define WAYS			2	/* of connecting to an address */
#define ROUTE_MS		1000	/* between two hints of new routes */

/* A configured peer; with a name, also where to start. */
struct destination {
	RB_ENTRY(destination)	 entry;
	struct conf_peer	 conf;
	uint32_t		 number;	/* index + 1; 0: a search key */
	/* last address tried; none: unknown */
	struct addr		 at;
	struct attempt		*attempt;	/* in progress */
	monotime_t		 connected;
	monotime_t		 hinted;
	unsigned int		 turn;
	/* the last from our router address */
	bool			 own;
};

RB_HEAD(dest_addrs, destination);

struct destinations {
	struct destination	*list;
	size_t			 n;
	struct dest_addrs	 by_addr;	/* without neighbours */
	struct addr		 own4, own6;	/* router addresses, or none */
};

/* A connection in progress: the name is looked up, or addresses are tried. */
struct attempt {
	TAILQ_ENTRY(attempt)	 entry;
	struct peerconn		*pc;
	struct ipc_peer		 peer;		/* the request */
	struct ipc_resolved	 to;
	struct addr		 at;		/* being tried */
	bool			 own;		/* from our router address */
	monotime_t		 begun;
	uint32_t		 tried, first;
	/* the kernel's source address first */
	bool			 own_last;
	/* of the lookup; 0: addresses are known */
	uint32_t		 question;
	struct event		*event;		/* NULL: no socket */
	int			 fd;
	int			 error;		/* of the last address */
};

struct peerconn {
	struct event_base	*base;
	struct peersock_ops	 ops;
	struct destinations	 now, prepared;
	TAILQ_HEAD(, attempt)	 attempts;
	unsigned int		 nattempts;
	uint32_t		 last_question;
};

static struct destination	*permitted(struct peerconn *,
				    const struct ipc_peer *);
static void			 refuse(struct peerconn *,
				    const struct ipc_peer *, int);
static struct attempt		*attempt_find(struct peerconn *,
				    const struct ipc_peer *);
static void			 attempt_next(struct attempt *);
static void			 attempt_again(struct attempt *, monotime_t);
static void			 attempt_hang_up(struct attempt *);
static const struct addr	*source(const struct attempt *,
				    const struct addr *);
static bool			 is_loopback(const struct addr *);
static int			 attempt_open(struct attempt *,
				    const struct addr *);
static int			 bind_to(int, const struct addr *);
static void			 attempt_ready(evutil_socket_t, short, void *);
static void			 attempt_done(struct attempt *);
static void			 attempt_fail(struct attempt *, int);
static void			 attempt_free(struct attempt *);
static void			 dest_at(struct destinations *,
				    struct destination *, const struct addr *);
static void			 dest_hint(struct peerconn *,
				    struct destination *, monotime_t);
static void			 dests_free(struct destinations *);
static int			 dest_cmp(const struct destination *,
				    const struct destination *);

RB_PROTOTYPE(dest_addrs, destination, entry, dest_cmp)
RB_GENERATE(dest_addrs, destination, entry, dest_cmp)

struct peerconn *
peerconn_new(struct event_base *base, const struct peersock_ops *ops)
{
	struct peerconn *pc;

	pc = calloc(1, sizeof(*pc));
	if (pc == NULL)
		return NULL;
	pc->base = base;
	pc->ops = *ops;
	TAILQ_INIT(&pc->attempts);
	RB_INIT(&pc->now.by_addr);
	RB_INIT(&pc->prepared.by_addr);
	return pc;
}

void
peerconn_free(struct peerconn *pc)
{
	struct attempt *a;

	if (pc == NULL)
		return;
	while ((a = TAILQ_FIRST(&pc->attempts)) != NULL)
		attempt_free(a);
	dests_free(&pc->now);
	dests_free(&pc->prepared);
	free(pc);
}

int
peerconn_prepare(struct peerconn *pc, const struct conf *conf)
{
	struct destinations *dests = &pc->prepared;
	struct destination *d;
	size_t i;

	dests_free(dests);
	dests->own4 = conf->global.router_addr4;
	dests->own6 = conf->global.router_addr6;
	if (conf->npeers == 0)
		return 0;
	dests->list = calloc(conf->npeers, sizeof(*dests->list));
	if (dests->list == NULL)
		return -1;
	dests->n = conf->npeers;
	for (i = 0; i < dests->n; i++) {
		d = &dests->list[i];
		d->number = (uint32_t)i + 1;
		d->conf = conf->peers[i];
		d->at = d->conf.addr;
		if (!d->conf.automatic)
			RB_INSERT(dest_addrs, &dests->by_addr, d);
	}
	return 0;
}

static void
dest_at(struct destinations *dests, struct destination *d,
    const struct addr *at)
{
	if (d->conf.automatic || addr_cmp(&d->at, at) == 0)
		return;
	RB_REMOVE(dest_addrs, &dests->by_addr, d);
	d->at = *at;
	RB_INSERT(dest_addrs, &dests->by_addr, d);
}

static int
dest_cmp(const struct destination *a, const struct destination *b)
{
	int cmp = addr_cmp(&a->at, &b->at);

	return cmp != 0 ? cmp : (a->number > b->number) -
	    (a->number < b->number);
}

/* The engine sends its requests again, with the new numbers. */
void
peerconn_commit(struct peerconn *pc)
{
	struct attempt *a;

	while ((a = TAILQ_FIRST(&pc->attempts)) != NULL)
		attempt_fail(a, ECANCELED);
	dests_free(&pc->now);
	pc->now = pc->prepared;
	memset(&pc->prepared, 0, sizeof(pc->prepared));
}

void
peerconn_abort(struct peerconn *pc)
{
	dests_free(&pc->prepared);
}

static void
dests_free(struct destinations *dests)
{
	free(dests->list);
	dests->list = NULL;
	dests->n = 0;
	RB_INIT(&dests->by_addr);
}

void
peerconn_connect(struct peerconn *pc, const struct ipc_peer *peer)
{
	struct attempt *a;
	struct destination *d;

	d = permitted(pc, peer);
	if (d == NULL) {
		log_warnx("engine: connect to %s port %u: not a configured "
		    "peer", peer->host[0] != '\0' ? peer->host :
		    addr_text(&peer->addr), peer->port);
		refuse(pc, peer, EPERM);
		return;
	}
	if (attempt_find(pc, peer) != NULL)
		return;
	if (pc->nattempts == ATTEMPTS_MAX ||
	    (a = calloc(1, sizeof(*a))) == NULL) {
		if (pc->nattempts < ATTEMPTS_MAX)
			nomem("a connection");
		refuse(pc, peer, ENOBUFS);
		return;
	}
	a->pc = pc;
	a->peer = *peer;
	a->fd = -1;
	a->begun = clock_monotime();
	TAILQ_INSERT_TAIL(&pc->attempts, a, entry);
	pc->nattempts++;
	d->attempt = a;
	/* It was closed at once: maybe the peer permits our other address. */
	a->own_last = d->own && peer->fruitless;
	if (!addr_is_none(&peer->addr)) {
		a->to.naddrs = 1;
		a->to.addrs[0] = peer->addr;
		attempt_next(a);
		return;
	}
	if (monotime_ms(d->connected, a->begun) < SHORT_SESSION)
		d->turn++;
	a->first = d->turn;
	if (++pc->last_question == 0)
		pc->last_question = 1;
	a->question = pc->last_question;
	pc->ops.resolve(pc->ops.arg, a->question, peer->host);
}

/* An index from before a reload is possible: not an error. */
static struct destination *
permitted(struct peerconn *pc, const struct ipc_peer *peer)
{
	const struct conf_peer *conf;
	struct destination *d;

	if (peer->number == 0 || peer->number > pc->now.n)
		return NULL;
	d = &pc->now.list[peer->number - 1];
	conf = &d->conf;
	if (conf->notls != peer->notls || conf->automatic != peer->automatic ||
	    strcmp(conf->host, peer->host) != 0)
		return NULL;
	/* Neighbours are anywhere on their link, and nowhere else. */
	if (conf->automatic)
		return peer->ifindex != 0 &&
		    if_nametoindex(conf->host) == peer->ifindex ? d : NULL;
	return addr_cmp(&conf->addr, &peer->addr) == 0 &&
	    conf->port == peer->port ? d : NULL;
}

static void
refuse(struct peerconn *pc, const struct ipc_peer *peer, int error)
{
	struct ipc_peer answer = *peer;

	answer.error = error;
	pc->ops.failed(pc->ops.arg, &answer);
}

static struct attempt *
attempt_find(struct peerconn *pc, const struct ipc_peer *peer)
{
	struct attempt *a;

	TAILQ_FOREACH(a, &pc->attempts, entry)
		if (a->peer.number == peer->number &&
		    a->peer.ifindex == peer->ifindex &&
		    addr_cmp(&a->peer.addr, &peer->addr) == 0)
			return a;
	return NULL;
}

void
peerconn_resolved(struct peerconn *pc, uint32_t question,
    const struct ipc_resolved *answer)
{
	struct attempt *a;

	TAILQ_FOREACH(a, &pc->attempts, entry)
		if (a->question == question && question != 0)
			break;
	if (a == NULL)
		return;			/* a reload came first */
	a->question = 0;
	if (answer->error != 0) {
		attempt_fail(a, answer->error);
		return;
	}
	a->to = *answer;
	attempt_next(a);
}

/*
 * One address after the other; the error is that of the last.  A peer that
 * refuses was reached: no second source address is tried.
 */
static void
attempt_next(struct attempt *a)
{
	struct destination *d = &a->pc->now.list[a->peer.number - 1];
	struct timeval timeout = { CONNECT_TIMEOUT, 0 };
	const struct addr *addr;
	uint32_t n, way;

	while (a->tried < a->to.naddrs * WAYS) {
		n = (a->first + a->tried / WAYS) % a->to.naddrs;
		way = a->tried++ % WAYS;
		if (way == 0)
			a->error = 0;
		addr = &a->to.addrs[n];
		a->own = (way == 0) != a->own_last;
		if ((way == 1 && a->error == ECONNREFUSED) ||
		    (a->own && addr_is_none(source(a, addr))) ||
		    attempt_open(a, addr) == -1)
			continue;
		a->event = event_new(a->pc->base, a->fd, EV_WRITE,
		    attempt_ready, a);
		if (a->to.naddrs > 1 || !addr_is_none(source(a, addr)))
			timeout.tv_sec = SHORT_TIMEOUT;
		if (a->event == NULL || event_add(a->event, &timeout) == -1) {
			nomem("a connection");
			attempt_hang_up(a);
			a->error = ENOMEM;
			break;
		}
		a->at = *addr;
		dest_at(&a->pc->now, d, addr);
		return;
	}
	attempt_fail(a, a->error);
}

/*
 * A route has appeared: it may lead to peers that we wait for, or are trying
 * to reach by older routes.  A peer whose name has no address yet may be
 * reached by any route, as the DNS server's address is not known here.
 */
void
peerconn_route(struct peerconn *pc, const struct prefix *prefix)
{
	struct destination key = { .at = prefix->addr }, *d, *next;
	monotime_t now = clock_monotime();

	for (d = RB_NFIND(dest_addrs, &pc->now.by_addr, &key); d != NULL &&
	    prefix_contains(prefix, &d->at); d = next) {
		next = RB_NEXT(dest_addrs, &pc->now.by_addr, d);
		dest_hint(pc, d, now);
	}
	for (d = RB_MIN(dest_addrs, &pc->now.by_addr); d != NULL &&
	    addr_is_none(&d->at); d = next) {
		next = RB_NEXT(dest_addrs, &pc->now.by_addr, d);
		dest_hint(pc, d, now);
	}
}

bool
peerconn_knows(struct peerconn *pc, const struct addr *addr)
{
	struct destination key = { .at = *addr }, *d;

	d = RB_NFIND(dest_addrs, &pc->now.by_addr, &key);
	return d != NULL && addr_cmp(&d->at, addr) == 0;
}

static void
dest_hint(struct peerconn *pc, struct destination *d, monotime_t now)
{
	struct ipc_peer peer = { 0 };

	if (monotime_ms(d->hinted, now) < ROUTE_MS)
		return;
	d->hinted = now;
	if (d->attempt != NULL) {
		if (d->attempt->fd != -1 &&
		    monotime_ms(d->attempt->begun, now) >= ROUTE_MS)
			attempt_again(d->attempt, now);
		return;
	}
	peer.number = d->number;
	peer.addr = d->conf.addr;
	peer.port = d->conf.port;
	peer.notls = d->conf.notls;
	strlcpy(peer.host, d->conf.host, sizeof(peer.host));
	pc->ops.route(pc->ops.arg, &peer);
}

static void
attempt_again(struct attempt *a, monotime_t now)
{
	attempt_hang_up(a);
	a->begun = now;
	a->tried = 0;
	attempt_next(a);
}

static void
attempt_hang_up(struct attempt *a)
{
	if (a->event != NULL)
		event_free(a->event);
	if (a->fd != -1)
		close(a->fd);
	a->event = NULL;
	a->fd = -1;
}

/* Our router address, if it may help to connect to this address, or none. */
static const struct addr *
source(const struct attempt *a, const struct addr *to)
{
	const struct destinations *dests = &a->pc->now;

	if (!addr_is_none(&dests->list[a->peer.number - 1].conf.from) ||
	    a->peer.automatic || is_loopback(to))
		return &addr_none;
	return addr_is_v4(to) ? &dests->own4 : &dests->own6;
}

static bool
is_loopback(const struct addr *addr)
{
	static const struct addr loopback6 = { { [15] = 1 } };

	return addr_is_v4(addr) ? addr_v4(addr)[0] == 127 :
	    addr_cmp(addr, &loopback6) == 0;
}

static int
attempt_open(struct attempt *a, const struct addr *addr)
{
	const struct addr *from = a->own ? source(a, addr) :
	    &a->pc->now.list[a->peer.number - 1].conf.from;
	union sockaddrs ss;
	socklen_t len;

	if (!addr_is_none(from) && addr_is_v4(from) != addr_is_v4(addr)) {
		a->error = EAFNOSUPPORT;
		return -1;
	}
	len = sockaddr_make(addr, a->peer.port, &ss);
	if (a->peer.ifindex != 0)
		ss.in6.sin6_scope_id = a->peer.ifindex;
	a->fd = socket(ss.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (a->fd != -1 && peersock_options(a->fd) == 0 &&
	    bind_to(a->fd, from) == 0 &&
	    (connect(a->fd, &ss.sa, len) == 0 || errno == EINPROGRESS))
		return 0;
	/*
	 * If our router address cannot be used, that is not the error to
	 * report.
	 */
	if (!a->own || a->error == 0)
		a->error = errno;
	if (a->fd != -1)
		close(a->fd);
	a->fd = -1;
	return -1;
}

/* The port is chosen on connect, so that ports do not run out. */
static int
bind_to(int fd, const struct addr *from)
{
	union sockaddrs ss;
	socklen_t len;
	int on = 1;

	if (addr_is_none(from))
		return 0;
	len = sockaddr_make(from, 0, &ss);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on)) == -1)
		return -1;
	return bind(fd, &ss.sa, len);
}

static void
attempt_ready(evutil_socket_t fd, short what, void *arg)
{
	struct attempt *a = arg;
	socklen_t len = sizeof(a->error);

	a->error = 0;
	if (what & EV_TIMEOUT)
		a->error = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &a->error, &len) == -1)
		a->error = errno;
	if (a->error == 0) {
		attempt_done(a);
		return;
	}
	attempt_hang_up(a);
	attempt_next(a);
}

/* Hands the connected socket over. */
static void
attempt_done(struct attempt *a)
{
	struct peersock_ops *ops = &a->pc->ops;
	struct destination *d = &a->pc->now.list[a->peer.number - 1];

	d->connected = clock_monotime();
	d->own = a->own;
	a->peer.addr = a->at;
	ops->connected(ops->arg, &a->peer, a->fd);
	a->fd = -1;
	attempt_free(a);
}

static void
attempt_fail(struct attempt *a, int error)
{
	struct ipc_peer answer = a->peer;
	struct peerconn *pc = a->pc;

	attempt_free(a);
	refuse(pc, &answer, error);
}

static void
attempt_free(struct attempt *a)
{
	struct destination *d = &a->pc->now.list[a->peer.number - 1];

	if (d->attempt == a)		/* neighbours have one address each */
		d->attempt = NULL;
	TAILQ_REMOVE(&a->pc->attempts, a, entry);
	a->pc->nattempts--;
	attempt_hang_up(a);
	free(a);
}
