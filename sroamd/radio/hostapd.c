/* SPDX-License-Identifier: ISC */
/*
 * Datagram sockets to hostapd, one for each access point.  An access point of
 * several links (802.11be) has one for each link instead, by hostapd 2.11: what
 * becomes of a station is said by that of the link that it came by.
 */
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "radio/hostapd.h"
#include "wire/hostapd.h"

#define SUN_PATH_MAX	sizeof(((struct sockaddr_un *)NULL)->sun_path)
#define RETRY_S		1	/* until the next attempt to attach */
#define PING_S		5	/* an attached one answers at least so often */
#define LINKS		15	/* at most, from 0 on (802.11be) */
#define NO_LINK		(-1)

/* A way to hostapd, for one access point. */
struct channel {
	LIST_ENTRY(channel)	 entry;
	struct hostapd		*owner;
	char			 ifname[16];
	uint32_t		 ifindex;
	int			 link;	/* NO_LINK: all of it */
	/* by the socket of all access points */
	bool			 global;
	int			 fd;		/* -1: not connected */
	bool			 attached;
	bool			 asked;		/* PING without PONG yet */
	bool			 warned;
	struct event		*readable, *timer;
};

#define SOCKET_PATH	(SUN_PATH_MAX + sizeof("/_link00") + \
			sizeof(((struct channel *)NULL)->ifname))

struct hostapd {
	struct event_base	*base;
	struct hostapd_ops	 ops;
	char			 path[SUN_PATH_MAX];
	LIST_HEAD(, channel)	 channels;
};

static struct channel	*find(const struct hostapd *, const char *, int);
static struct channel	*add(struct hostapd *, const char *, uint32_t, int);
static bool		 any_attached(const struct hostapd *, const char *);
static bool		 attach_links(struct channel *);
static void		 attach(struct channel *);
static void		 absent(struct channel *, const char *, int);
static void		 socket_path(struct channel *, char *, size_t);
static int		 connected_socket(const char *);
static void		 detach(struct channel *, const char *);
static void		 again(struct channel *, int);
static void		 say(struct channel *, const char *);
static void		 on_readable(evutil_socket_t, short, void *);
static void		 on_timer(evutil_socket_t, short, void *);
static void		 take(struct channel *, const struct hostapd_message *);

struct hostapd *
hostapd_new(struct event_base *base, const struct hostapd_ops *ops)
{
	struct hostapd *h;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		fatal("hostapd");
	h->base = base;
	h->ops = *ops;
	LIST_INIT(&h->channels);
	return h;
}

void
hostapd_free(struct hostapd *h)
{
	struct channel *c;

	if (h == NULL)
		return;
	while ((c = LIST_FIRST(&h->channels)) != NULL)
		hostapd_forget(h, c->ifname);
	free(h);
}

void
hostapd_path(struct hostapd *h, const char *path)
{
	struct channel *c;

	if (strcmp(h->path, path) == 0)
		return;
	strlcpy(h->path, path, sizeof(h->path));
	LIST_FOREACH(c, &h->channels, entry) {
		if (c->fd != -1)
			detach(c, NULL);
		c->warned = c->link != NO_LINK;
		attach(c);
	}
}

void
hostapd_watch(struct hostapd *h, const char *ifname, uint32_t ifindex)
{
	if (find(h, ifname, NO_LINK) == NULL)
		attach(add(h, ifname, ifindex, NO_LINK));
}

void
hostapd_forget(struct hostapd *h, const char *ifname)
{
	struct channel *c;
	int link;

	for (link = NO_LINK; link < LINKS; link++) {
		if ((c = find(h, ifname, link)) == NULL)
			continue;
		if (c->fd != -1)
			detach(c, NULL);
		event_free(c->timer);
		LIST_REMOVE(c, entry);
		free(c);
	}
}

void
hostapd_look(struct hostapd *h)
{
	struct channel *c;

	LIST_FOREACH(c, &h->channels, entry)
		on_timer(-1, 0, c);
}

int
hostapd_drop(struct hostapd *h, const char *ifname, const struct mac *mac,
    bool silent)
{
	struct channel *c;
	char command[HOSTAPD_COMMAND];
	int told = -1;

	LIST_FOREACH(c, &h->channels, entry) {
		if (!c->attached || strcmp(c->ifname, ifname) != 0)
			continue;
		wire_hostapd_drop(command, c->global ? ifname : NULL, mac,
		    silent);
		say(c, command);
		told = 0;
	}
	return told;
}

/* A router has few access points: the list is short. */
static struct channel *
find(const struct hostapd *h, const char *ifname, int link)
{
	struct channel *c;

	LIST_FOREACH(c, &h->channels, entry)
		if (c->link == link && strcmp(c->ifname, ifname) == 0)
			break;
	return c;
}

static bool
any_attached(const struct hostapd *h, const char *ifname)
{
	const struct channel *c;

	LIST_FOREACH(c, &h->channels, entry)
		if (c->attached && strcmp(c->ifname, ifname) == 0)
			return true;
	return false;
}

static struct channel *
add(struct hostapd *h, const char *ifname, uint32_t ifindex, int link)
{
	struct channel *c;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    (c->timer = event_new(h->base, -1, 0, on_timer, c)) == NULL)
		fatal("hostapd");
	c->owner = h;
	c->fd = -1;
	c->ifindex = ifindex;
	c->link = link;
	/* Of one that was never there nothing is said. */
	c->warned = link != NO_LINK;
	strlcpy(c->ifname, ifname, sizeof(c->ifname));
	LIST_INSERT_HEAD(&h->channels, c, entry);
	return c;
}

static void
attach(struct channel *c)
{
	char path[SOCKET_PATH];

	if (c->owner->path[0] == '\0')
		return;
	socket_path(c, path, sizeof(path));
	if ((c->fd = connected_socket(path)) == -1) {
		absent(c, path, errno);
		return;
	}
	c->readable = event_new(c->owner->base, c->fd, EV_READ | EV_PERSIST,
	    on_readable, c);
	if (c->readable == NULL || event_add(c->readable, NULL) == -1)
		fatalx("hostapd: no event");
	c->asked = true;
	again(c, PING_S);
	say(c, "ATTACH");
}

static void
absent(struct channel *c, const char *path, int why)
{
	again(c, RETRY_S);
	if (why == ENOENT && attach_links(c))
		return;
	errno = why;
	if (!c->warned)
		log_warn("hostapd: %s: trying again", path);
	c->warned = true;
}

/* A path that does not exist yet may become either. */
static void
socket_path(struct channel *c, char *path, size_t size)
{
	struct stat st;
	char link[sizeof("_link00")];

	strlcpy(path, c->owner->path, size);
	c->global = stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
	if (c->global)
		return;
	strlcat(path, "/", size);
	strlcat(path, c->ifname, size);
	if (c->link == NO_LINK)
		return;
	snprintf(link, sizeof(link), "_link%d", c->link);
	strlcat(path, link, size);
}

/* Whether the access point has sockets of links; new ones are attached to. */
static bool
attach_links(struct channel *c)
{
	struct channel probe = *c;
	struct stat st;
	char path[SOCKET_PATH];
	bool any = false;

	if (c->link != NO_LINK || c->global)
		return false;
	for (probe.link = 0; probe.link < LINKS; probe.link++) {
		socket_path(&probe, path, sizeof(path));
		if (stat(path, &st) == -1)
			continue;
		any = true;
		if (find(c->owner, c->ifname, probe.link) == NULL)
			attach(add(c->owner, c->ifname, c->ifindex,
			    probe.link));
	}
	return any;
}

/*
 * Our own address is abstract and chosen by the kernel: no file remains, and
 * hostapd needs no permission to write to it.  Connected first: an address
 * without a peer could be written to by anybody, and what waits then is read
 * as if it came from hostapd.
 */
static int
connected_socket(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	int fd, saved;

	if (strlcpy(to.sun_path, path, sizeof(to.sun_path)) >=
	    sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1 ||
	    bind(fd, (struct sockaddr *)&own, sizeof(sa_family_t)) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* why: NULL: nothing is logged. */
static void
detach(struct channel *c, const char *why)
{
	bool was = c->attached;

	if (why == NULL && was)
		say(c, "DETACH");
	event_free(c->readable);
	c->readable = NULL;
	close(c->fd);
	c->fd = -1;
	c->attached = c->asked = false;
	if (was && !any_attached(c->owner, c->ifname))
		c->owner->ops.attached(c->owner->ops.arg, c->ifindex, false);
	if (why == NULL)
		return;
	if (was || !c->warned)
		log_warnx("hostapd: %s: %s: %s", c->ifname, why,
		    was ? "not attached any more" : "trying again");
	c->warned = true;
	again(c, RETRY_S);
}

static void
again(struct channel *c, int seconds)
{
	struct timeval tv = { seconds, 0 };

	event_add(c->timer, &tv);
}

/* If its socket is full, hostapd hangs: the next PING will show this. */
static void
say(struct channel *c, const char *command)
{
	if (send(c->fd, command, strlen(command), MSG_NOSIGNAL) == -1)
		log_debug("hostapd: %s: %s: %s", c->ifname, command,
		    strerror(errno));
}

/*
 * The socket of hostapd is blocking: unless we read all its messages, the
 * access point stops working.
 */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	static char text[HOSTAPD_TEXT];
	struct channel *c = arg;
	struct hostapd_message m;
	ssize_t n;

	(void)what;
	while ((n = recv(fd, text, sizeof(text), 0)) != -1) {
		wire_hostapd_parse(text, (size_t)n, &m);
		take(c, &m);
		if (c->fd == -1)
			return;
	}
	if (errno != EAGAIN && errno != EINTR)
		detach(c, strerror(errno));
}

static void
take(struct channel *c, const struct hostapd_message *m)
{
	struct hostapd *h = c->owner;
	bool any;

	switch (m->kind) {
	case HOSTAPD_OK:
		c->asked = false;
		if (c->attached)
			break;
		any = any_attached(h, c->ifname);
		c->attached = true;
		c->warned = false;
		log_info("hostapd: %s: attached", c->ifname);
		if (!any)
			h->ops.attached(h->ops.arg, c->ifindex, true);
		break;
	case HOSTAPD_PONG:
		c->asked = false;
		break;
	case HOSTAPD_FAIL:
		log_debug("hostapd: %s: it refuses", c->ifname);
		if (!c->attached)
			detach(c, "refuses to be attached");
		break;
	case HOSTAPD_CONNECTED:
	case HOSTAPD_DISCONNECTED:
		if (!c->global || strcmp(m->ifname, c->ifname) == 0)
			h->ops.station(h->ops.arg, c->ifindex, &m->mac,
			    m->kind == HOSTAPD_CONNECTED);
		break;
	case HOSTAPD_TERMINATING:
		detach(c, "it ends");
		break;
	case HOSTAPD_ENABLED:
	case HOSTAPD_OTHER:
		break;
	}
}

/*
 * A datagram socket does not show that the other end is gone, and a new hostapd
 * does not know us.  So ask.
 */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct channel *c = arg;

	(void)fd;
	if (c->fd == -1) {
		attach(c);
		return;
	}
	if (c->asked && (what & EV_TIMEOUT)) {
		detach(c, "no answer");
		return;
	}
	if (send(c->fd, "PING", 4, MSG_NOSIGNAL) == -1 && errno != EAGAIN) {
		detach(c, strerror(errno));
		return;
	}
	c->asked = true;
	again(c, PING_S);
}
