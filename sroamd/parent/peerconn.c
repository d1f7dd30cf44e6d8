/* SPDX-License-Identifier: ISC */
/*
 * Connecting to peers, by address or by name, as the configuration allows.
 * Each address is tried from our router address, and then from the source
 * address that the kernel chooses.  That is a link's: where only router
 * addresses are routed, the answer to it gets lost, and when the link fails,
 * a session by it does not move to another.
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
#define SHORT_SESSION		30000	/* ms: try another address next time */
#define ATTEMPTS_MAX		2048
#define WAYS			2	/* of connecting to an address */
#define ROUTE_MS		1000	/* between two hints of new routes */

/* A configured peer, and of those with a name, where to begin. */
struct target {
	RB_ENTRY(target)	 entry;
	struct conf_peer	 conf;
	uint32_t		 number;	/* index + 1; 0: of a search */
	/* tried last; none: no name's */
	struct addr		 at;
	struct attempt		*attempt;	/* on its way */
	monotime_t		 connected;
	monotime_t		 hinted;
	unsigned int		 turn;
	bool			 own;		/* from our address, last */
};

RB_HEAD(target_addrs, target);

struct targets {
	struct target		*list;
	size_t			 n;
	struct target_addrs	 by_addr;	/* but of neighbours */
	struct addr		 own4, own6;	/* router addresses, or none */
};

/* A connection on its way: the name is asked for, or addresses are tried. */
struct attempt {
	TAILQ_ENTRY(attempt)	 entry;
	struct peerconn		*pc;
	struct ipc_peer		 peer;		/* as it was asked for */
	struct ipc_resolved	 to;
	struct addr		 at;		/* is being tried */
	bool			 own;		/* so is our address */
	monotime_t		 begun;
	uint32_t		 tried, first;
	bool			 own_last;	/* it has been of no use */
	uint32_t		 question;	/* 0: has its addresses */
	struct event		*event;		/* NULL: no socket */
	int			 fd;
	int			 error;		/* of the last address */
};

struct peerconn {
	struct event_base	*base;
	struct peersock_ops	 ops;
	struct targets		 now, prepared;
	TAILQ_HEAD(, attempt)	 attempts;
	unsigned int		 nattempts;
	uint32_t		 last_question;
};

static struct target		*permitted(struct peerconn *,
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
static void			 target_at(struct targets *, struct target *,
				    const struct addr *);
static void			 target_hint(struct peerconn *, struct target *,
				    monotime_t);
static void			 targets_free(struct targets *);
static int			 target_cmp(const struct target *,
				    const struct target *);

RB_PROTOTYPE(target_addrs, target, entry, target_cmp)
RB_GENERATE(target_addrs, target, entry, target_cmp)

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
	targets_free(&pc->now);
	targets_free(&pc->prepared);
	free(pc);
}

int
peerconn_prepare(struct peerconn *pc, const struct conf *conf)
{
	struct targets *targets = &pc->prepared;
	struct target *t;
	size_t i;

	targets_free(targets);
	targets->own4 = conf->global.router_addr4;
	targets->own6 = conf->global.router_addr6;
	if (conf->npeers == 0)
		return 0;
	targets->list = calloc(conf->npeers, sizeof(*targets->list));
	if (targets->list == NULL)
		return -1;
	targets->n = conf->npeers;
	for (i = 0; i < targets->n; i++) {
		t = &targets->list[i];
		t->number = (uint32_t)i + 1;
		t->conf = conf->peers[i];
		t->at = t->conf.addr;
		if (!t->conf.automatic)
			RB_INSERT(target_addrs, &targets->by_addr, t);
	}
	return 0;
}

static void
target_at(struct targets *targets, struct target *t, const struct addr *at)
{
	if (t->conf.automatic || addr_cmp(&t->at, at) == 0)
		return;
	RB_REMOVE(target_addrs, &targets->by_addr, t);
	t->at = *at;
	RB_INSERT(target_addrs, &targets->by_addr, t);
}

static int
target_cmp(const struct target *a, const struct target *b)
{
	int cmp = addr_cmp(&a->at, &b->at);

	return cmp != 0 ? cmp : (a->number > b->number) -
	    (a->number < b->number);
}

/* The engine tries again, by the new numbers. */
void
peerconn_commit(struct peerconn *pc)
{
	struct attempt *a;

	while ((a = TAILQ_FIRST(&pc->attempts)) != NULL)
		attempt_fail(a, ECANCELED);
	targets_free(&pc->now);
	pc->now = pc->prepared;
	memset(&pc->prepared, 0, sizeof(pc->prepared));
}

void
peerconn_abort(struct peerconn *pc)
{
	targets_free(&pc->prepared);
}

static void
targets_free(struct targets *targets)
{
	free(targets->list);
	targets->list = NULL;
	targets->n = 0;
	RB_INIT(&targets->by_addr);
}

void
peerconn_connect(struct peerconn *pc, const struct ipc_peer *peer)
{
	struct attempt *a;
	struct target *t;

	t = permitted(pc, peer);
	if (t == NULL) {
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
	t->attempt = a;
	/* It was closed at once: the other address may be permitted. */
	a->own_last = t->own && peer->fruitless;
	if (!addr_is_none(&peer->addr)) {
		a->to.naddrs = 1;
		a->to.addrs[0] = peer->addr;
		attempt_next(a);
		return;
	}
	if (monotime_ms(t->connected, a->begun) < SHORT_SESSION)
		t->turn++;
	a->first = t->turn;
	if (++pc->last_question == 0)
		pc->last_question = 1;
	a->question = pc->last_question;
	pc->ops.resolve(pc->ops.arg, a->question, peer->host);
}

/* Its numbers may be those of before a reload: no offence. */
static struct target *
permitted(struct peerconn *pc, const struct ipc_peer *peer)
{
	const struct conf_peer *conf;
	struct target *t;

	if (peer->number == 0 || peer->number > pc->now.n)
		return NULL;
	t = &pc->now.list[peer->number - 1];
	conf = &t->conf;
	if (conf->notls != peer->notls || conf->automatic != peer->automatic ||
	    strcmp(conf->host, peer->host) != 0)
		return NULL;
	/* Neighbours are anywhere on the link, and nowhere else. */
	if (conf->automatic)
		return peer->ifindex != 0 &&
		    if_nametoindex(conf->host) == peer->ifindex ? t : NULL;
	return addr_cmp(&conf->addr, &peer->addr) == 0 &&
	    conf->port == peer->port ? t : NULL;
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
		return;			/* a reload was faster */
	a->question = 0;
	if (answer->error != 0) {
		attempt_fail(a, answer->error);
		return;
	}
	a->to = *answer;
	attempt_next(a);
}

/*
 * One address after the other; the error is that of the last.  Who refuses
 * has answered: another way leads to no other end.
 */
static void
attempt_next(struct attempt *a)
{
	struct target *t = &a->pc->now.list[a->peer.number - 1];
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
		target_at(&a->pc->now, t, addr);
		return;
	}
	attempt_fail(a, a->error);
}

/*
 * A route has appeared: who is waited for, or tried over what was there
 * before, may be reached by it.  What has a name and no address yet may be by
 * any, as we do not know where names are asked for.
 */
void
peerconn_route(struct peerconn *pc, const struct prefix *prefix)
{
	struct target key = { .at = prefix->addr }, *t, *next;
	monotime_t now = clock_monotime();

	for (t = RB_NFIND(target_addrs, &pc->now.by_addr, &key); t != NULL &&
	    prefix_contains(prefix, &t->at); t = next) {
		next = RB_NEXT(target_addrs, &pc->now.by_addr, t);
		target_hint(pc, t, now);
	}
	for (t = RB_MIN(target_addrs, &pc->now.by_addr); t != NULL &&
	    addr_is_none(&t->at); t = next) {
		next = RB_NEXT(target_addrs, &pc->now.by_addr, t);
		target_hint(pc, t, now);
	}
}

bool
peerconn_knows(struct peerconn *pc, const struct addr *addr)
{
	struct target key = { .at = *addr }, *t;

	t = RB_NFIND(target_addrs, &pc->now.by_addr, &key);
	return t != NULL && addr_cmp(&t->at, addr) == 0;
}

static void
target_hint(struct peerconn *pc, struct target *t, monotime_t now)
{
	struct ipc_peer peer = { 0 };

	if (monotime_ms(t->hinted, now) < ROUTE_MS)
		return;
	t->hinted = now;
	if (t->attempt != NULL) {
		if (t->attempt->fd != -1 &&
		    monotime_ms(t->attempt->begun, now) >= ROUTE_MS)
			attempt_again(t->attempt, now);
		return;
	}
	peer.number = t->number;
	peer.addr = t->conf.addr;
	peer.port = t->conf.port;
	peer.notls = t->conf.notls;
	strlcpy(peer.host, t->conf.host, sizeof(peer.host));
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

/* Our router address, if it may help to connect there, or none. */
static const struct addr *
source(const struct attempt *a, const struct addr *to)
{
	const struct targets *targets = &a->pc->now;

	if (!addr_is_none(&targets->list[a->peer.number - 1].conf.from) ||
	    a->peer.automatic || is_loopback(to))
		return &addr_none;
	return addr_is_v4(to) ? &targets->own4 : &targets->own6;
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
	/* That ours is of no use here explains nothing. */
	if (!a->own || a->error == 0)
		a->error = errno;
	if (a->fd != -1)
		close(a->fd);
	a->fd = -1;
	return -1;
}

/* The port is chosen as the connection is made, so that none run short. */
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

/* Hand over the connected socket. */
static void
attempt_done(struct attempt *a)
{
	struct peersock_ops *ops = &a->pc->ops;
	struct target *t = &a->pc->now.list[a->peer.number - 1];

	t->connected = clock_monotime();
	t->own = a->own;
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
	struct target *t = &a->pc->now.list[a->peer.number - 1];

	if (t->attempt == a)		/* neighbours have one each */
		t->attempt = NULL;
	TAILQ_REMOVE(&a->pc->attempts, a, entry);
	a->pc->nattempts--;
	attempt_hang_up(a);
	free(a);
}
