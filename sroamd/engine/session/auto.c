/* SPDX-License-Identifier: ISC */
/*
 * Discovery: routers on a link find each other by hellos to a multicast group.
 * Of two routers the one with the smaller id connects.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ibuf.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"
#include "wire/discover.h"

#define DISCOVER_MS	4000	/* at least; up to half more is added */
#define FIRST_MS	500	/* at most */
#define FORGET_MS	15000	/* of a neighbour without hellos */
#define NEIGHBOURS_MAX	64	/* on a link */
#define READ_MAX	64	/* messages at a time */

struct auto_neighbour {
	RB_ENTRY(auto_neighbour)	entry;
	struct router_id		id;
	struct addr			addr;
	uint16_t			port;
	/* the greatest received */
	uint64_t			stamp;
	monotime_t			heard;
};

RB_HEAD(neighbour_tree, auto_neighbour);

/* An interface of a `peer auto`. */
struct auto_link {
	TAILQ_ENTRY(auto_link)	 entry;
	struct sessions		*all;
	struct conf_peer	 conf;
	uint32_t		 number;
	uint32_t		 ifindex;	/* 0: no socket */
	int			 fd;
	struct event		*readable, *timer;
	struct neighbour_tree	 neighbours;
	unsigned int		 count;
	/* 0: none on link-local addresses */
	uint16_t		 listen_port;
	/* log lines about refused hellos */
	struct ratelimit	 refused;
	int			 send_error;
	bool			 keep, full;
};

static int	neighbour_cmp(const struct auto_neighbour *,
		    const struct auto_neighbour *);
RB_PROTOTYPE(neighbour_tree, auto_neighbour, entry, neighbour_cmp)
static void			 link_conf(struct sessions *,
				    const struct conf *, uint32_t);
static struct auto_link		*link_new(struct sessions *);
static void			 link_free(struct auto_link *);
static void			 link_listen(struct auto_link *);
static void			 link_close(struct auto_link *);
static void			 link_forget(struct auto_link *, bool all);
static void			 link_wait(struct auto_link *, uint32_t least,
				    uint32_t more);
static void			 link_timer(evutil_socket_t, short, void *);
static void			 link_readable(evutil_socket_t, short, void *);
static void			 link_heard(struct auto_link *, const uint8_t *,
				    size_t, const struct addr *);
static void			 link_send(struct auto_link *);
static void			 refused(struct auto_link *,
				    const struct addr *, const char *);
static ssize_t			 receive(const struct auto_link *, uint8_t *,
				    size_t, struct addr *);
static struct auto_neighbour	*neighbour_get(struct auto_link *,
				    const struct router_id *);
static void			 neighbour_connect(struct auto_link *,
				    const struct auto_neighbour *);
static bool			 neighbour_known(const struct sessions *,
				    const struct conf_peer *);
static void			 discover_keys(struct sessions *,
				    const struct conf *);
static int			 discover_read(const struct sessions *,
				    const uint8_t *, size_t, struct discover *);
static uint64_t			 wall_ms(void);

RB_GENERATE(neighbour_tree, auto_neighbour, entry, neighbour_cmp)

static int
neighbour_cmp(const struct auto_neighbour *a, const struct auto_neighbour *b)
{
	return router_id_cmp(&a->id, &b->id);
}

/*
 * Keys that all routers share: from the secrets of the sessions if there are
 * any; the first is for our own hellos.  Else from the network key alone,
 * which only separates networks from each other.
 */
static void
discover_keys(struct sessions *all, const struct conf *conf)
{
	static const char		 purpose[] = "sroam neighbour";
	const struct conf_secret	*s;
	uint8_t				 salt[DISCOVER_KEY];

	wire_hmac(conf->global.network_key, purpose, sizeof(purpose) - 1,
	    salt);
	explicit_bzero(all->discover_keys, sizeof(all->discover_keys));
	all->ndiscover_keys = 0;
	for (s = conf->secrets; s < conf->secrets + conf->nsecrets; s++)
		if (s->kind == SECRET_PSK && all->ndiscover_keys < CONF_PSKS)
			wire_hmac(salt, s->data, s->len,
			    all->discover_keys[all->ndiscover_keys++]);
	if (all->ndiscover_keys == 0)
		memcpy(all->discover_keys[all->ndiscover_keys++], salt,
		    sizeof(salt));
}

static struct auto_link *
link_new(struct sessions *all)
{
	struct auto_link	*l;

	if ((l = calloc(1, sizeof(*l))) == NULL ||
	    (l->timer = evtimer_new(all->base, link_timer, l)) == NULL ||
	    (l->readable = evtimer_new(all->base, link_readable, l)) == NULL) {
		if (l != NULL && l->timer != NULL)
			event_free(l->timer);
		free(l);
		nomem("a link of neighbours");
		return NULL;
	}
	l->all = all;
	l->fd = -1;
	RB_INIT(&l->neighbours);
	return l;
}

int
auto_prepare(struct sessions *all, const struct conf *conf)
{
	struct auto_link	*l;
	uint32_t		 i;

	for (i = 0; i < conf->npeers; i++) {
		if (!conf->peers[i].automatic)
			continue;
		if ((l = link_new(all)) == NULL)
			return -1;
		TAILQ_INSERT_TAIL(&all->spare_links, l, entry);
	}
	return 0;
}

void
auto_trim(struct sessions *all)
{
	struct auto_link	*l;

	while ((l = TAILQ_FIRST(&all->spare_links)) != NULL) {
		TAILQ_REMOVE(&all->spare_links, l, entry);
		event_free(l->readable);
		event_free(l->timer);
		free(l);
	}
}

void
auto_conf(struct sessions *all, const struct conf *conf)
{
	struct auto_link	*l, *next;
	uint32_t		 i;

	discover_keys(all, conf);
	TAILQ_FOREACH(l, &all->links, entry)
		l->keep = false;
	for (i = 0; i < conf->npeers; i++)
		if (conf->peers[i].automatic)
			link_conf(all, conf, i);
	TAILQ_FOREACH_SAFE(l, &all->links, entry, next)
		if (!l->keep)
			link_free(l);
}

void
auto_free(struct sessions *all)
{
	struct auto_link	*l;

	while ((l = TAILQ_FIRST(&all->links)) != NULL)
		link_free(l);
	auto_trim(all);
	explicit_bzero(all->discover_keys, sizeof(all->discover_keys));
}

static void
link_conf(struct sessions *all, const struct conf *conf, uint32_t index)
{
	const struct conf_peer	*peer = &conf->peers[index];
	struct auto_link	*l;
	size_t			 i;

	TAILQ_FOREACH(l, &all->links, entry)
		if (strcmp(l->conf.host, peer->host) == 0 &&
		    l->conf.port == peer->port)
			break;
	if (l == NULL) {
		/* sessions_prepare made enough for all new ones. */
		if ((l = TAILQ_FIRST(&all->spare_links)) == NULL)
			return;
		TAILQ_REMOVE(&all->spare_links, l, entry);
		TAILQ_INSERT_TAIL(&all->links, l, entry);
	}
	l->conf = *peer;
	l->number = index + 1;
	l->keep = true;
	l->listen_port = 0;
	/* Only a listener on all addresses listens on link-local ones, too. */
	for (i = conf->nlistens; i > 0; i--)
		if (addr_is_none(&conf->listens[i - 1].addr) &&
		    conf->listens[i - 1].notls == peer->notls)
			l->listen_port = conf->listens[i - 1].port;
}

static void
link_free(struct auto_link *l)
{
	link_close(l);
	link_forget(l, true);
	event_free(l->readable);
	event_free(l->timer);
	TAILQ_REMOVE(&l->all->links, l, entry);
	free(l);
}

static void
link_close(struct auto_link *l)
{
	if (l->fd == -1)
		return;
	event_del(l->readable);
	close(l->fd);
	l->fd = -1;
	l->ifindex = 0;
}

/* Those without recent hellos, or all. */
static void
link_forget(struct auto_link *l, bool all)
{
	struct auto_neighbour	*n, *next;
	monotime_t		 now = clock_monotime();

	RB_FOREACH_SAFE(n, neighbour_tree, &l->neighbours, next) {
		if (!all && monotime_ms(n->heard, now) < FORGET_MS)
			continue;
		if (!all)
			log_info("%s: neighbour %s is not heard any more",
			    l->conf.host, router_id_text(&n->id));
		RB_REMOVE(neighbour_tree, &l->neighbours, n);
		l->count--;
		free(n);
	}
	l->full = l->full && l->count == NEIGHBOURS_MAX;
}

/* The interface exists, or exists again. */
void
sessions_discover(struct sessions *all, const struct ipc_discover *link, int fd)
{
	struct auto_link	*l;

	TAILQ_FOREACH(l, &all->links, entry)
		if (strcmp(l->conf.host, link->name) == 0 &&
		    l->conf.port == link->port)
			break;
	if (l == NULL) {
		close(fd);		/* of the former configuration */
		return;
	}
	link_close(l);
	l->fd = fd;
	l->ifindex = link->ifindex;
	l->send_error = 0;
	(void)event_assign(l->readable, all->base, fd, EV_READ | EV_PERSIST,
	    link_readable, l);
	link_listen(l);
	link_wait(l, 0, FIRST_MS);
}

/* Where that was refused, at the next turn of its timer. */
static void
link_listen(struct auto_link *l)
{
	if (!event_pending(l->readable, EV_READ, NULL) &&
	    event_add(l->readable, NULL) == -1)
		nomem("the messages of neighbours");
}

/* Links whose timer could not be set. */
void
auto_watch(struct sessions *all)
{
	struct auto_link	*l;

	TAILQ_FOREACH(l, &all->links, entry)
		if (l->fd != -1 && !evtimer_pending(l->timer, NULL))
			link_wait(l, 0, FIRST_MS);
}

static void
link_wait(struct auto_link *l, uint32_t least, uint32_t more)
{
	uint32_t	ms = least + arc4random_uniform(more + 1);
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	if (evtimer_add(l->timer, &tv) == -1)
		nomem("a timer");	/* auto_watch sets it */
}

static void
link_timer(evutil_socket_t fd, short what, void *arg)
{
	struct auto_link	*l = arg;
	struct target		*t, *next;

	(void)fd;
	(void)what;
	link_forget(l, false);
	RB_FOREACH_SAFE(t, target_tree, &l->all->targets, next)
		if (t->conf.automatic && t->session == NULL &&
		    !neighbour_known(l->all, &t->conf))
			target_free(t);
	if (l->fd == -1)
		return;
	link_listen(l);
	link_send(l);
	link_wait(l, DISCOVER_MS, DISCOVER_MS / 2);
}

static void
link_send(struct auto_link *l)
{
	struct sockaddr_in6	 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(l->conf.port),
		.sin6_scope_id = l->ifindex
	};
	struct sessions		*all = l->all;
	struct discover		 hello = { .id = all->self.id,
				    .port = l->listen_port };
	struct addr		 group;
	struct ibuf		 buf;
	uint8_t			 room[DISCOVER_LEN];
	int			 error = 0;

	/* Always greater than the last one, even if the clock is set back. */
	hello.stamp = wall_ms();
	if (hello.stamp <= all->stamp)
		hello.stamp = all->stamp + 1;
	all->stamp = hello.stamp;
	addr_parse(DISCOVER_GROUP, &group);
	memcpy(&in6.sin6_addr, group.octet, sizeof(in6.sin6_addr));
	ibuf_to(&buf, room, sizeof(room));
	wire_discover_add(&buf, all->discover_keys[0], &hello);
	if (sendto(l->fd, room, ibuf_len(&buf), 0, (struct sockaddr *)&in6,
	    sizeof(in6)) == -1)
		error = errno;
	if (error != 0 && error != l->send_error)
		log_warnx("%s: hello cannot be sent: %s", l->conf.host,
		    strerror(error));
	l->send_error = error;
}

static uint64_t
wall_ms(void)
{
	struct timespec	ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1 || ts.tv_sec < 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
link_readable(evutil_socket_t fd, short what, void *arg)
{
	struct auto_link	*l = arg;
	struct addr		 from;
	uint8_t			 room[DISCOVER_LEN + 1];
	ssize_t			 n;
	int			 i;

	(void)fd;
	(void)what;
	for (i = 0; i < READ_MAX; i++) {
		n = receive(l, room, sizeof(room), &from);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n >= 0)
			link_heard(l, room, (size_t)n, &from);
	}
}

/* A hello from this link itself: none can be sent through a router. */
static ssize_t
receive(const struct auto_link *l, uint8_t *room, size_t size,
    struct addr *from)
{
	union {
		struct cmsghdr	 align;
		uint8_t		 room[CMSG_SPACE(sizeof(int))];
	} control;
	struct sockaddr_in6	 in6;
	struct iovec		 iov = { room, size };
	struct msghdr		 msg = {
		.msg_name = &in6, .msg_namelen = sizeof(in6), .msg_iov = &iov,
		.msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control)
	};
	struct cmsghdr		*c;
	int			 hops = 0;
	ssize_t			 n;

	n = recvmsg(l->fd, &msg, MSG_DONTWAIT);
	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	memcpy(from->octet, &in6.sin6_addr, sizeof(from->octet));
	if (hops == 255 && addr_is_linklocal(from) && !addr_is_v4(from) &&
	    in6.sin6_scope_id == l->ifindex)
		return n;
	errno = EBADMSG;
	return -1;
}

/* With any of the keys: routers may get a new secret one after the other. */
static int
discover_read(const struct sessions *all, const uint8_t *data, size_t len,
    struct discover *hello)
{
	struct ibuf	 buf;
	uint32_t	 i;
	int		 r = 0;

	for (i = 0; i < all->ndiscover_keys && r == 0; i++) {
		ibuf_from(&buf, data, len);
		r = wire_discover_get(&buf, all->discover_keys[i], hello);
	}
	return r;
}

/*
 * A hello that is not newer than the last one of its sender is a replay.  From
 * a neighbour that was forgotten any time is accepted, so that a router whose
 * clock was set back is heard again.
 */
static void
link_heard(struct auto_link *l, const uint8_t *data, size_t len,
    const struct addr *from)
{
	struct sessions		*all = l->all;
	struct auto_neighbour	*n;
	struct discover		 hello;
	int			 r;

	all->stats.hellos_in++;
	if ((r = discover_read(all, data, len, &hello)) != 1) {
		all->stats.hellos_bad++;
		refused(l, from, r == 0 ? "has another key" :
		    "sends what is no message of ours");
		return;
	}
	if (router_id_cmp(&hello.id, &all->self.id) == 0) {
		all->stats.hellos_bad++;
		refused(l, from, "has our router id");
		return;
	}
	if ((n = neighbour_get(l, &hello.id)) == NULL)
		return;
	if (hello.stamp <= n->stamp) {
		all->stats.hellos_old++;
		return;
	}
	if (n->stamp == 0)
		log_info("%s: neighbour %s at %s", l->conf.host,
		    router_id_text(&hello.id), addr_text(from));
	n->stamp = hello.stamp;
	n->addr = *from;
	n->port = hello.port;
	n->heard = clock_monotime();
	neighbour_connect(l, n);
}

/* One line a minute, however many there are. */
static void
refused(struct auto_link *l, const struct addr *from, const char *why)
{
	if (ratelimit_pass(&l->refused, RATELIMIT_LOG, clock_monotime()))
		log_warnx("%s: neighbour %s: %s (%" PRIu64 " messages refused "
		    "so far)", l->conf.host, addr_text(from), why,
		    l->all->stats.hellos_bad);
}

/* Send a hello to a new neighbour soon, so that it need not wait for ours. */
static struct auto_neighbour *
neighbour_get(struct auto_link *l, const struct router_id *id)
{
	struct auto_neighbour	*n, key;

	key.id = *id;
	if ((n = RB_FIND(neighbour_tree, &l->neighbours, &key)) != NULL)
		return n;
	if (l->count == NEIGHBOURS_MAX) {
		if (!l->full)
			log_warnx("%s: more than %u neighbours: the others are "
			    "ignored", l->conf.host, NEIGHBOURS_MAX);
		l->full = true;
		return NULL;
	}
	if ((n = calloc(1, sizeof(*n))) == NULL) {
		nomem("a neighbour");
		return NULL;
	}
	n->id = *id;
	RB_INSERT(neighbour_tree, &l->neighbours, n);
	l->count++;
	link_wait(l, 0, FIRST_MS);
	return n;
}

static void
neighbour_connect(struct auto_link *l, const struct auto_neighbour *n)
{
	struct conf_peer	 conf = l->conf;

	if (n->port == 0 || (l->listen_port != 0 &&
	    router_id_cmp(&l->all->self.id, &n->id) > 0))
		return;
	conf.addr = n->addr;
	conf.port = n->port;
	target_found(l->all, &conf, l->number, l->ifindex, &n->id);
}

/* Whether the target is the address of a neighbour at this time. */
static bool
neighbour_known(const struct sessions *all, const struct conf_peer *conf)
{
	struct auto_link	*l;
	struct auto_neighbour	*n;

	TAILQ_FOREACH(l, &all->links, entry) {
		if (strcmp(l->conf.host, conf->host) != 0)
			continue;
		RB_FOREACH(n, neighbour_tree, &l->neighbours)
			if (addr_cmp(&n->addr, &conf->addr) == 0 &&
			    n->port == conf->port)
				return true;
	}
	return false;
}
