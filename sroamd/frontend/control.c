/* SPDX-License-Identifier: ISC */
/* The control socket: its clients, their requests and the answers. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/ratelimit.h"
#include "frontend/control.h"
#include "frontend/request.h"
#include "ipc/listing.h"

#define ACCEPT_PAUSE		1	/* s, when descriptors run out */
#define OWNERS			3

struct client {
	struct control		*control;
	struct imsgbuf		*ibuf;
	struct event		*reading, *writing, *hangup;
	/* slot, and a count of its clients */
	uint32_t		 number;
	const struct route_row	*route;	/* request in progress, or NULL */
	/* index of the owner that answers */
	unsigned int		 owner;
	struct ipc_ctl		 request;
	/* records since the owner was told to send more */
	uint32_t		 records;
	bool			 listens;	/* to events, until it leaves */
	bool			 ahead;		/* its next request waits */
	uint64_t		 lost;		/* events, for want of room */
	/* client_serve is in progress */
	bool			 serving;
	/* free it when that returns */
	bool			 dead;
};

struct control {
	unsigned int		 short_of;	/* times, to accept */
	struct ratelimit	 said;
	struct event_base	*base;
	struct control_ops	 ops;
	struct event		*accepting, *pause;
	int			 fd;
	uint32_t		 generation;
	unsigned int		 listeners;
	struct client		*clients[CONTROL_CLIENTS];
};

/* The processes that answer a request, in sequence, and the type of records. */
struct route_row {
	const char	*name;
	enum proc_id	 owners[OWNERS + 1];	/* up to PROC_NONE */
	uint32_t	 record;	/* CTL_*, or 0: none */
	bool		 scoped;	/* it may be for one network */
};

static void		 control_accept(evutil_socket_t, short, void *);
static void		 control_resume(evutil_socket_t, short, void *);
static void		 refuse(int, const char *);
static struct client	*client_find(struct control *, uint32_t);
static void		 client_new(struct control *, int, unsigned int);
static void		 client_free(struct client *);
static void		 client_cut(struct client *);
static void		 client_read(evutil_socket_t, short, void *);
static void		 client_early(struct client *, int);
static void		 client_write(evutil_socket_t, short, void *);
static void		 client_hangup(evutil_socket_t, short, void *);
static void		 client_serve(struct client *);
static void		 client_arm(struct client *);
static void		 client_request(struct client *, const struct imsg *);
static void		 client_next_owner(struct client *);
static void		 client_send(struct client *, uint32_t, const void *,
			    size_t);
static void		 client_more(struct client *);
static void		 client_record(struct client *, uint32_t,
			    const void *, size_t);
static bool		 listen_to(struct client *);
static void		 unlisten(struct client *);
static bool		 wants(const struct client *,
			    const struct ctl_event *);
static void		 listener_take(struct client *,
			    const struct ctl_event *);
static void		 listener_drained(struct client *);
static void		 client_end(struct client *, const char *, ...)
			    __attribute__((format(printf, 2, 3)));
static const char	*check_network(struct control *,
			    const struct route_row *,
			    const struct ctl_request *);

#define ONE(p)		{ (p), PROC_NONE }

static const struct route_row routes[CTL_REQUESTS] = {
	/* The parent sets the frontend's log level before. */
	[CTL_SHOW_STATUS] = { "show status",
	    { PROC_PARENT, PROC_ENGINE, PROC_NONE }, CTL_STATUS, false },
	[CTL_SHOW_LEASES] = { "show leases", ONE(PROC_ENGINE), CTL_LEASE,
	    true },
	[CTL_SHOW_STATIONS] = { "show stations", ONE(PROC_ENGINE),
	    CTL_STATION, true },
	[CTL_SHOW_PEERS] = { "show peers", ONE(PROC_ENGINE), CTL_PEER, false },
	/* The engine reports to the frontend before what it dropped. */
	[CTL_SHOW_INTERFACES] = { "show interfaces",
	    { PROC_ENGINE, PROC_FRONTEND, PROC_NONE }, CTL_INTERFACE, true },
	[CTL_SHOW_ROUTES] = { "show routes", ONE(PROC_PARENT), CTL_ROUTE,
	    true },
	[CTL_SHOW_ROUTERS] = { "show routers", ONE(PROC_ENGINE), CTL_ROUTER,
	    false },
	[CTL_SHOW_MEMORY] = { "show memory",
	    { PROC_PARENT, PROC_ENGINE, PROC_FRONTEND, PROC_NONE },
	    CTL_MEMORY, false },
	[CTL_RELOAD] = { "reload", ONE(PROC_PARENT), 0, false },
	[CTL_LOG] = { "log", ONE(PROC_PARENT), 0, false },
	[CTL_DISASSOCIATE] = { "disassociate", ONE(PROC_ENGINE), 0, true },
	[CTL_CLEAR_LEASE] = { "clear lease", ONE(PROC_ENGINE), 0, true },
	[CTL_RETIRE] = { "retire", ONE(PROC_ENGINE), 0, false },
	[CTL_SHOW_ROAMS] = { "show roams", ONE(PROC_ENGINE), CTL_ROAM, true },
	[CTL_SHOW_NETWORKS] = { "show networks", ONE(PROC_ENGINE), CTL_NETWORK,
	    true },
	[CTL_MONITOR] = { "monitor", ONE(PROC_ENGINE), CTL_EVENT, true },
	[CTL_CLEAR_ROUTER] = { "clear router", ONE(PROC_ENGINE), 0, false }
};

struct control *
control_new(struct event_base *base, const struct control_ops *ops)
{
	struct control *control;

	if ((control = calloc(1, sizeof(*control))) == NULL)
		return NULL;
	control->base = base;
	control->ops = *ops;
	control->fd = -1;
	control->pause = evtimer_new(base, control_resume, control);
	if (control->pause == NULL) {
		free(control);
		return NULL;
	}
	return control;
}

void
control_free(struct control *control)
{
	unsigned int i;

	if (control == NULL)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (control->clients[i] != NULL)
			client_free(control->clients[i]);
	if (control->accepting != NULL)
		event_free(control->accepting);
	event_free(control->pause);
	if (control->fd != -1)
		close(control->fd);
	free(control);
}

void
control_listen(struct control *control, int fd)
{
	if (control->accepting != NULL)
		event_free(control->accepting);
	if (control->fd != -1)
		close(control->fd);
	control->fd = fd;
	(void)evutil_make_socket_nonblocking(fd);
	control->accepting = event_new(control->base, fd, EV_READ | EV_PERSIST,
	    control_accept, control);
	if (control->accepting == NULL ||
	    event_add(control->accepting, NULL) == -1)
		fatalx("control: out of memory");
}

static void
control_accept(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;
	struct timeval later = { ACCEPT_PAUSE, 0 };
	unsigned int i;
	int client, error;

	(void)what;
	client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client == -1) {
		if (errno == EMFILE || errno == ENFILE) {
			error = errno;
			control->short_of++;
			if (ratelimit_pass(&control->said, RATELIMIT_LOG,
			    clock_monotime()))
				log_warnx("control: accept: %s (%u times so "
				    "far)", strerror(error),
				    control->short_of);
			event_del(control->accepting);
			evtimer_add(control->pause, &later);
		}
		return;
	}
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (control->clients[i] == NULL)
			break;
	if (i == CONTROL_CLIENTS) {
		refuse(client, "too many control clients");
		return;
	}
	client_new(control, client, i);
}

static void
control_resume(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	event_add(control->accepting, NULL);
}

/* Send the reason, as far as the socket takes it at once. */
static void
refuse(int fd, const char *why)
{
	struct ctl_end end = { .error = 1 };
	struct imsgbuf *ibuf;

	if ((ibuf = imsgbuf_new(fd, false, IMSG_MAX)) == NULL) {
		close(fd);
		return;
	}
	strlcpy(end.text, why, sizeof(end.text));
	if (imsg_compose(ibuf, CTL_END, 0, -1, &end, sizeof(end)) == 0)
		(void)imsgbuf_write(ibuf);
	imsgbuf_free(ibuf);
}

static struct client *
client_find(struct control *control, uint32_t number)
{
	struct client *c = control->clients[number % CONTROL_CLIENTS];

	return c != NULL && c->number == number && !c->dead ? c : NULL;
}

static void
client_new(struct control *control, int fd, unsigned int slot)
{
	struct client *c;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    (c->ibuf = imsgbuf_new(fd, false, CONTROL_QUEUE_MAX)) == NULL) {
		free(c);
		close(fd);
		return;
	}
	c->control = control;
	c->number = control->generation++ * CONTROL_CLIENTS + slot;
	control->clients[slot] = c;
	c->reading = event_new(control->base, fd, EV_READ, client_read, c);
	c->writing = event_new(control->base, fd, EV_WRITE, client_write, c);
	c->hangup = event_new(control->base, fd, EV_CLOSED, client_hangup, c);
	if (c->reading == NULL || c->writing == NULL || c->hangup == NULL) {
		client_free(c);
		return;
	}
	client_arm(c);
}

static void
client_free(struct client *c)
{
	struct control *control = c->control;

	control->clients[c->number % CONTROL_CLIENTS] = NULL;
	unlisten(c);
	if (c->route != NULL && c->route->owners[c->owner] != PROC_NONE)
		control->ops.more(control->ops.arg,
		    c->route->owners[c->owner], c->number, 0);
	if (c->reading != NULL)
		event_free(c->reading);
	if (c->writing != NULL)
		event_free(c->writing);
	if (c->hangup != NULL)
		event_free(c->hangup);
	imsgbuf_free(c->ibuf);
	free(c);
}

/* Close a client, now or when client_serve returns. */
static void
client_cut(struct client *c)
{
	c->dead = true;
	if (!c->serving)
		client_free(c);
}

/*
 * A client is read only while no request of its is in progress and it has read
 * all answers: that bounds its requests.  Meanwhile its end is watched for,
 * which libevent reports as EV_CLOSED, or, if it has not read all, as EV_READ.
 */
static void
client_arm(struct client *c)
{
	bool busy = c->route != NULL || imsgbuf_queued(c->ibuf) > 0;

	if (busy)
		event_add(c->hangup, NULL);
	else {
		event_del(c->hangup);
		c->ahead = false;
	}
	if (c->ahead)
		event_del(c->reading);
	else
		event_add(c->reading, NULL);
	if (imsgbuf_queued(c->ibuf) > 0)
		event_add(c->writing, NULL);
}

static void
client_read(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)what;
	if (c->route != NULL || imsgbuf_queued(c->ibuf) > 0)
		client_early(c, fd);
	else if (imsgbuf_read(c->ibuf) <= 0)
		client_cut(c);
	else
		client_serve(c);
}

/* It says something while it is served, which waits; or it has left. */
static void
client_early(struct client *c, int fd)
{
	char octet;
	ssize_t n = recv(fd, &octet, sizeof(octet), MSG_PEEK | MSG_DONTWAIT);

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR) ||
	    (n > 0 && c->listens)) {
		client_cut(c);
		return;
	}
	c->ahead = n > 0;
	client_arm(c);
}

static void
client_write(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	if (imsgbuf_write(c->ibuf) == -1) {
		client_cut(c);
		return;
	}
	c->serving = true;
	listener_drained(c);
	client_more(c);
	client_serve(c);
}

static void
client_hangup(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_cut(arg);
}

/* Handle requests that have been read, as long as each is answered at once. */
static void
client_serve(struct client *c)
{
	struct imsg imsg;
	int got = 0;

	c->serving = true;
	while (!c->dead && c->route == NULL && imsgbuf_queued(c->ibuf) == 0 &&
	    (got = imsg_get(c->ibuf, &imsg)) == 1) {
		client_request(c, &imsg);
		if (!c->dead && imsgbuf_write(c->ibuf) == -1)
			c->dead = true;
	}
	c->serving = false;
	if (c->dead || got == -1)
		client_free(c);
	else
		client_arm(c);
}

const char *
control_request_name(uint32_t type)
{
	return type < CTL_REQUESTS ? routes[type].name : NULL;
}

static void
client_request(struct client *c, const struct imsg *imsg)
{
	const struct route_row *route;
	struct ctl_request request;
	const char *wrong;

	if (control_request_name(imsg->type) == NULL) {
		client_end(c, "unknown request %u", imsg->type);
		return;
	}
	route = &routes[imsg->type];
	/* The version comes first: any client of any version can read it. */
	if (imsg->len < sizeof(request.version)) {
		client_end(c, "%s: request of %u octets, not %zu", route->name,
		    imsg->len, sizeof(request));
		return;
	}
	memcpy(&request.version, imsg->data, sizeof(request.version));
	if (request.version != CTL_VERSION) {
		client_end(c, "control protocol version %u, the daemon speaks "
		    "version %u", request.version, CTL_VERSION);
		return;
	}
	if (imsg_data(imsg, &request, sizeof(request)) == -1) {
		client_end(c, "%s: request of %u octets, not %zu", route->name,
		    imsg->len, sizeof(request));
		return;
	}
	if ((wrong = check_network(c->control, route, &request)) != NULL ||
	    (wrong = request_check(imsg->type, &request)) != NULL) {
		client_end(c, "%s: %s", route->name, wrong);
		return;
	}
	memset(&c->request, 0, sizeof(c->request));
	c->request.type = imsg->type;
	c->request.request = request;
	if ((wrong = request_unfit(&c->request)) != NULL) {
		client_end(c, "%s: %s", route->name, wrong);
		return;
	}
	c->route = route;
	c->owner = 0;
	c->records = 0;
	if (imsg->type == CTL_MONITOR && !listen_to(c)) {
		client_end(c, "%s: %u listen already", route->name,
		    CONTROL_LISTENERS);
		return;
	}
	client_next_owner(c);
}

static const char *
check_network(struct control *control, const struct route_row *route,
    const struct ctl_request *r)
{
	static char unknown[80];
	size_t len = strnlen(r->network, sizeof(r->network));
	size_t i;

	if (len == 0)
		return NULL;
	if (!route->scoped)
		return "is for all networks, not for one";
	for (i = len; i < sizeof(r->network); i++)
		if (r->network[i] != '\0')
			return "malformed";
	if (len == sizeof(r->network))
		return "malformed";
	if (control->ops.named(control->ops.arg, r->network))
		return NULL;
	snprintf(unknown, sizeof(unknown), "there is no network %s, see show "
	    "networks", r->network);
	return unknown;
}

/* Pass the request to its next owner; after the last it is complete. */
static void
client_next_owner(struct client *c)
{
	struct control *control = c->control;
	enum proc_id owner;

	while ((owner = c->route->owners[c->owner]) == PROC_FRONTEND) {
		control->ops.answer(control->ops.arg, c->number,
		    &c->request.request, c->request.type);
		if (c->dead)
			return;
		c->owner++;
	}
	if (owner == PROC_NONE)
		client_end(c, NULL);
	else if (control->ops.forward(control->ops.arg, owner, c->number,
	    &c->request) == -1)
		client_end(c, "the %s is not ready yet", proc_name(owner));
}

void
control_answer(struct control *control, enum proc_id from,
    const struct imsg *imsg)
{
	struct client *c;
	struct ctl_end end;

	if ((c = client_find(control, imsg->id)) == NULL)
		return;
	if (c->route == NULL || c->route->owners[c->owner] != from)
		fatalx("control: %s from %s, which was not asked",
		    ipc_name(imsg->type), proc_name(from));
	c->serving = true;
	if (imsg->type != CTL_END) {
		if (imsg->type != c->route->record)
			fatalx("control: %s from %s answers %s",
			    ipc_name(imsg->type), proc_name(from),
			    c->route->name);
		client_record(c, imsg->type, imsg->data, imsg->len);
		c->records++;
		client_more(c);
	} else if (imsg_data(imsg, &end, sizeof(end)) == -1)
		fatalx("control: %s from %s has %u octets",
		    ipc_name(imsg->type), proc_name(from), imsg->len);
	else if (end.error != 0) {
		end.text[sizeof(end.text) - 1] = '\0';
		client_end(c, "%s", end.text);
	} else if (!c->listens) {
		c->owner++;
		c->records = 0;
		client_next_owner(c);
	}
	c->serving = false;
	if (c->dead)
		client_free(c);
	else if (c->route == NULL)
		client_serve(c);
	else
		client_arm(c);
}

void
control_record(struct control *control, uint32_t client, uint32_t type,
    const void *data, size_t len)
{
	struct client *c;

	if ((c = client_find(control, client)) != NULL)
		client_send(c, type, data, len);
}

/*
 * Half of the window is free again.  Who reads slowly gets more when it has
 * read most of what it has.
 */
static void
client_more(struct client *c)
{
	struct control *control = c->control;

	if (c->dead || c->route == NULL || c->records < LISTING_WINDOW / 2 ||
	    imsgbuf_queued(c->ibuf) > CONTROL_QUEUE_MAX / 16)
		return;
	c->records -= LISTING_WINDOW / 2;
	control->ops.more(control->ops.arg, c->route->owners[c->owner],
	    c->number, LISTING_WINDOW / 2);
}

/* False: there are enough. */
static bool
listen_to(struct client *c)
{
	struct control *control = c->control;

	if (control->listeners == CONTROL_LISTENERS)
		return false;
	c->listens = true;
	c->lost = 0;
	if (control->listeners++ == 0)
		control->ops.listen(control->ops.arg, true);
	return true;
}

static void
unlisten(struct client *c)
{
	struct control *control = c->control;

	if (c->listens && --control->listeners == 0)
		control->ops.listen(control->ops.arg, false);
	c->listens = false;
}

static bool
wants(const struct client *c, const struct ctl_event *e)
{
	static const bool told[CTL_EVENTS] = {
#define TOLD(name, word, unasked)	[CTL_EVENT_##name] = unasked,
		CTL_EVENT_LIST(TOLD)
#undef TOLD
	};
	uint32_t wanted = c->request.request.number;
	const char *network = c->request.request.network;

	if (e->type == CTL_EVENT_LOST)
		return true;
	if (wanted != 0 ? (wanted & 1U << e->type) == 0 : !told[e->type])
		return false;
	return network[0] == '\0' || e->scope.network[0] == '\0' ||
	    strcmp(e->scope.network, network) == 0;
}

void
control_event(struct control *control, const struct ctl_event *e)
{
	struct client *c;
	unsigned int i;

	for (i = 0; i < CONTROL_CLIENTS; i++) {
		c = control->clients[i];
		if (c == NULL || !c->listens || c->dead || !wants(c, e))
			continue;
		c->serving = true;
		listener_take(c, e);
		c->serving = false;
		if (c->dead)
			client_free(c);
		else
			client_arm(c);
	}
}

/* Nothing waits for a listener: without room it loses events. */
static void
listener_take(struct client *c, const struct ctl_event *e)
{
	if (c->lost > 0 || imsgbuf_queued(c->ibuf) > LISTENER_QUEUE_MAX)
		c->lost += e->type == CTL_EVENT_LOST ? e->count : 1;
	else
		client_send(c, CTL_EVENT, e, sizeof(*e));
}

/* It hears how many it has lost before anything that is later. */
static void
listener_drained(struct client *c)
{
	struct ctl_event e = { .type = CTL_EVENT_LOST, .count = c->lost };

	if (c->dead || c->lost == 0 ||
	    imsgbuf_queued(c->ibuf) > LISTENER_QUEUE_MAX / 2)
		return;
	e.time = (uint64_t)clock_wall();
	c->lost = 0;
	client_send(c, CTL_EVENT, &e, sizeof(e));
}

/* Of what there is when it comes a listener gets what it asks for. */
static void
client_record(struct client *c, uint32_t type, const void *data, size_t len)
{
	if (type != CTL_EVENT || wants(c, data))
		client_send(c, type, data, len);
}

/* Callers keep the client from being freed, by its serving flag. */
static void
client_send(struct client *c, uint32_t type, const void *data, size_t len)
{
	if (imsg_compose(c->ibuf, type, 0, -1, data, len) == 0)
		return;
	log_debug("control: client takes its answers too slowly: cut");
	client_cut(c);
}

/* The request in progress, if any, is complete; why: NULL for success. */
static void
client_end(struct client *c, const char *why, ...)
{
	struct ctl_end end = { .error = 0 };
	va_list ap;

	if (why != NULL) {
		end.error = 1;
		va_start(ap, why);
		(void)vsnprintf(end.text, sizeof(end.text), why, ap);
		va_end(ap);
	}
	c->route = NULL;
	unlisten(c);
	client_send(c, CTL_END, &end, sizeof(end));
}
