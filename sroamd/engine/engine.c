/* SPDX-License-Identifier: ISC */
/*
 * The engine: one core, its clock, its flooding sessions, and the pipes on
 * which its events come and its effects go.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <event2/event.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/engine.h"
#include "engine/store/store.h"
#include "engine/tls/tls.h"
#include "ipc/conf_ipc.h"
#include "proc/child.h"

struct engine {
	struct child		*child;
	struct event_base	*base;
	struct event		*tick;
	struct pipe		*parent, *frontend;
	struct conf_receiver	 receiver;
	struct router_id	 self;
	struct store		*store;		/* NULL: none */
	struct core		*core;		/* NULL until configured */
	struct sessions		*sessions;
	struct engine_ctl	*ctl;
};

static void	from_parent(void *, const struct imsg *);
static void	from_frontend(void *, const struct imsg *);
static void	hello(struct engine *, const struct imsg *);
static bool	prepare(struct engine *, const struct conf *, char *, size_t);
static void	take_conf(struct engine *, const struct imsg *);
static void	configure(struct engine *, struct conf *);
static void	fd_lost(struct engine *, uint32_t, uint32_t);
static void	frontend_closed(void *);
static void	frontend_drained(void *);
static void	effect(void *, const struct effect *);
static void	to_station(struct engine *, const struct effect *);
static uint32_t	draw(void *);
static void	tick(evutil_socket_t, short, void *);
static void	settle_accounts(void *);
static void	connect_peer(void *, const struct ipc_peer *);

struct engine *
engine_new(struct child *child)
{
	struct engine	*e;

	if ((e = calloc(1, sizeof(*e))) == NULL)
		fatal("engine");
	e->child = child;
	e->base = child->base;
	if ((e->tick = evtimer_new(e->base, tick, e)) == NULL)
		fatalx("engine: out of memory");
	e->parent = child_connect(child, from_parent, e);
	if (child->state != NULL)
		e->store = store_open(e->base, "", child->state);
	return e;
}

size_t
engine_files(const struct engine *e, int *fds, size_t max)
{
	return store_fds(e->store, fds, max);
}

void
engine_free(struct engine *e)
{
	engine_ctl_free(e->ctl);
	sessions_free(e->sessions);
	store_close(e->store);
	core_free(e->core);
	pipe_free(e->frontend);
	event_free(e->tick);
	free(e);
}

/* The parent will notice as well, and end us if it must. */
static void
frontend_closed(void *arg)
{
	struct engine	*e = arg;

	pipe_free(e->frontend);
	e->frontend = NULL;
}

static void
frontend_drained(void *arg)
{
	struct engine	*e = arg;

	if (e->ctl != NULL)
		engine_ctl_resume(e->ctl, e->frontend);
}

static void
hello(struct engine *e, const struct imsg *imsg)
{
	const struct pipe_ops	 ops = { from_frontend, frontend_closed,
				    frontend_drained, e };
	struct ipc_hello	 msg;

	e->frontend = child_hello(e->child, imsg, &msg, PROC_FRONTEND, &ops);
	e->self = msg.self;
	pipe_answers(e->frontend);
}

/*
 * What can fail of taking it: whether keys and certificates are good, and
 * memory, but for the first one: nothing is there that could be kept.  why
 * stays empty where it is memory.
 */
static bool
prepare(struct engine *e, const struct conf *conf, char *why, size_t len)
{
	if (e->core == NULL)
		return conf->nsecrets == 0 ||
		    tls_check(conf, why, len) == 0;
	return core_prepare(e->core, conf) == 0 &&
	    sessions_prepare(e->sessions, conf, why, len) == 0;
}

static void
take_conf(struct engine *e, const struct imsg *imsg)
{
	char			 why[LOG_TEXT] = "";
	enum conf_received	 state;
	struct conf		*conf;

	if (e->frontend == NULL)
		fatalx("%s from parent: before IPC_HELLO",
		    ipc_name(imsg->type));
	conf = conf_receive(&e->receiver, imsg, &state);
	if (state == CONF_READY &&
	    !prepare(e, e->receiver.staged, why, sizeof(why))) {
		if (why[0] == '\0')
			nomem("a configuration");
		conf_refuse(&e->receiver);
		state = CONF_REFUSED;
	}
	conf_answer(e->parent, state, why);
	if (imsg->type == IPC_CONF_ABORT && e->core != NULL) {
		core_abort(e->core);
		sessions_abort(e->sessions);
	}
	if (conf != NULL)
		configure(e, conf);
}

/* A configuration is in force from now on: the first one makes the core. */
static void
configure(struct engine *e, struct conf *conf)
{
	struct core_ops		ops = { effect, draw, e };
	struct sessions_ops	sops = { connect_peer, settle_accounts, e };

	if (e->core == NULL) {
		e->core = core_new(&ops, &e->self, conf, clock_monotime());
		if (e->core == NULL)
			fatalx("core: out of memory");
		core_verbose(e->core, log_is_verbose());
		store_load(e->store, e->core, conf, clock_monotime());
		e->sessions = sessions_new(e->base, e->core, &e->self, &sops);
		if (e->sessions == NULL || (e->ctl = engine_ctl_new(e->core,
		    e->sessions)) == NULL)
			fatalx("sessions: out of memory");
	} else
		core_conf(e->core, conf, clock_monotime());
	store_conf(e->store, conf);
	sessions_conf(e->sessions, conf);
	conf_free(conf);
	settle_accounts(e);
}

static void
from_parent(void *arg, const struct imsg *imsg)
{
	union {
		struct link	link;
		struct sighting	sighting;
		struct route	route;
		struct ipc_peer	peer;
		struct ipc_beacon beacon;
		uint32_t	number;
	} u;
	struct engine	*e = arg;
	monotime_t	 now = clock_monotime();

	switch (imsg->type) {
	case IPC_HELLO:
		hello(e, imsg);
		return;
	case IPC_CONF_BEGIN:
	case IPC_CONF_LISTEN:
	case IPC_CONF_PEER:
	case IPC_CONF_IFACE:
	case IPC_CONF_OPTION:
	case IPC_CONF_STATIC:
	case IPC_CONF_SECRET:
	case IPC_CONF_END:
	case IPC_CONF_COMMIT:
	case IPC_CONF_ABORT:
		take_conf(e, imsg);
		return;
	case IPC_VERBOSE:
		imsg_data(imsg, &u.number, sizeof(u.number));
		log_verbose((int)u.number);
		if (e->core != NULL)
			core_verbose(e->core, log_is_verbose());
		return;
	case IPC_SHUTDOWN:
		event_base_loopbreak(e->base);
		return;
	}
	if (e->core == NULL)
		fatalx("%s from parent: before a configuration",
		    ipc_name(imsg->type));
	switch (imsg->type) {
	case IPC_LINK:
		imsg_data(imsg, &u.link, sizeof(u.link));
		core_link(e->core, &u.link, now);
		break;
	case IPC_SIGHTING:
		imsg_data(imsg, &u.sighting, sizeof(u.sighting));
		core_sighting(e->core, &u.sighting, now);
		break;
	case IPC_ADOPT:
		imsg_data(imsg, &u.route, sizeof(u.route));
		core_adopt(e->core, &u.route, now);
		break;
	case IPC_PEER_FD:
		imsg_data(imsg, &u.peer, sizeof(u.peer));
		sessions_connected(e->sessions, &u.peer, imsg->fd);
		break;
	case IPC_PEER_FAILED:
		imsg_data(imsg, &u.peer, sizeof(u.peer));
		sessions_failed(e->sessions, &u.peer);
		break;
	case IPC_PEER_ROUTE:
		imsg_data(imsg, &u.peer, sizeof(u.peer));
		sessions_route(e->sessions, &u.peer);
		break;
	case IPC_BEACON_SOCKET:
		imsg_data(imsg, &u.beacon, sizeof(u.beacon));
		if (imsg->fd == IMSG_FD_LOST) {
			fd_lost(e, imsg->type, u.beacon.ifindex);
			break;
		}
		sessions_beacon(e->sessions, &u.beacon, imsg->fd);
		break;
	default:
		fatalx("%s from parent: not for the engine",
		    ipc_name(imsg->type));
	}
	settle_accounts(e);
}

/* It is sent again, some time. */
static void
fd_lost(struct engine *e, uint32_t type, uint32_t ifindex)
{
	struct ipc_fd_lost	msg = { .type = type, .ifindex = ifindex };

	pipe_send(e->parent, IPC_FD_LOST, 0, -1, &msg, sizeof(msg));
}

static void
from_frontend(void *arg, const struct imsg *imsg)
{
	union {
		struct dhcp_request	dhcp;
		struct dhcp6_request	dhcp6;
		struct solicit		solicit;
		struct heard		heard;
		struct arp_ask		arp;
		struct ipc_ctl		ctl;
	} u;
	struct engine	*e = arg;
	monotime_t	 now = clock_monotime();

	/* It may be configured a moment before us: stations ask again. */
	if (e->core == NULL) {
		if (imsg->type == IPC_CTL)
			engine_ctl_early(e->frontend, imsg->id);
		return;
	}
	switch (imsg->type) {
	case IPC_DHCP:
		imsg_data(imsg, &u.dhcp, sizeof(u.dhcp));
		core_dhcp(e->core, &u.dhcp, now);
		break;
	case IPC_DHCP6:
		imsg_data(imsg, &u.dhcp6, sizeof(u.dhcp6));
		core_dhcp6(e->core, &u.dhcp6, now);
		break;
	case IPC_SOLICIT:
		imsg_data(imsg, &u.solicit, sizeof(u.solicit));
		core_solicit(e->core, &u.solicit, now);
		break;
	case IPC_HEARD:
		imsg_data(imsg, &u.heard, sizeof(u.heard));
		core_heard(e->core, &u.heard, now);
		break;
	case IPC_ARP_ASK:
		imsg_data(imsg, &u.arp, sizeof(u.arp));
		core_arp(e->core, &u.arp, now);
		break;
	case IPC_CTL:
		imsg_data(imsg, &u.ctl, sizeof(u.ctl));
		engine_ctl_request(e->ctl, e->frontend, imsg->id, &u.ctl);
		break;
	default:
		fatalx("%s from frontend: not for the engine",
		    ipc_name(imsg->type));
	}
	settle_accounts(e);
}

static void
connect_peer(void *arg, const struct ipc_peer *peer)
{
	struct engine	*e = arg;

	pipe_send(e->parent, IPC_PEER_CONNECT, 0, -1, peer, sizeof(*peer));
}

static uint32_t
draw(void *arg)
{
	(void)arg;
	return arc4random();
}

/* Effects that are messages. */
#define TO_STATION(message, type, ifindex)	\
	{ message, PROC_FRONTEND, offsetof(struct type, ifindex) }

static const struct {
	uint32_t	message;
	uint8_t		to;		/* process */
	size_t		ifindex;	/* to a station: where it says which */
} messages[EFFECT_TYPES] = {
	[EFFECT_ROUTE] = { IPC_ROUTE, PROC_PARENT, 0 },
	[EFFECT_NEIGH] = { IPC_NEIGH, PROC_PARENT, 0 },
	[EFFECT_NEXTHOP] = { IPC_NEXTHOP, PROC_PARENT, 0 },
	[EFFECT_SETTLED] = { IPC_SETTLED, PROC_PARENT, 0 },
	[EFFECT_DISASSOCIATE] = { IPC_DISASSOCIATE, PROC_PARENT, 0 },
	[EFFECT_INQUIRY] = { IPC_INQUIRY, PROC_PARENT, 0 },
	[EFFECT_DHCP_REPLY] =
	    TO_STATION(IPC_DHCP_REPLY, dhcp_reply, to.ifindex),
	[EFFECT_DHCP6_REPLY] =
	    TO_STATION(IPC_DHCP6_REPLY, dhcp6_reply, to.ifindex),
	[EFFECT_ADVERT] = TO_STATION(IPC_ADVERT, advert, ifindex),
	[EFFECT_ANNOUNCE] = TO_STATION(IPC_ANNOUNCE, announce, ifindex),
	[EFFECT_PROBE] = TO_STATION(IPC_PROBE, probe, ifindex),
	[EFFECT_ARP_REPLY] = TO_STATION(IPC_ARP_REPLY, arp_ask, ifindex)
};

/* What the core wants done, on its way to whoever does it. */
static void
effect(void *arg, const struct effect *f)
{
	static const int	levels[] = { LOG_DEBUG, LOG_INFO, LOG_WARNING };
	struct engine		*e = arg;

	switch (f->type) {
	case EFFECT_PEER_WAKE:
		sessions_wake(e->sessions, *f->peer);
		break;
	case EFFECT_STORE_WAKE:
		store_wake(e->store);
		break;
	case EFFECT_FORGET:
		store_forgotten(e->store, f->data, (uint8_t)f->len);
		break;
	case EFFECT_NO_MEMORY:
		nomem(f->no_memory);
		break;
	case EFFECT_LOG:
		if (f->log->level != LEVEL_DEBUG || log_is_verbose())
			log_line(levels[f->log->level], f->log->text);
		break;
	default:
		if (messages[f->type].to == PROC_PARENT)
			pipe_send(e->parent, messages[f->type].message, 0, -1,
			    f->data, f->len);
		else
			to_station(e, f);
		break;
	}
}

/* A frame in the making; stations ask again for those that find no room. */
static void
to_station(struct engine *e, const struct effect *f)
{
	uint32_t	ifindex;

	if (e->frontend == NULL || pipe_offer(e->frontend,
	    messages[f->type].message, f->data, f->len))
		return;
	memcpy(&ifindex, (const char *)f->data + messages[f->type].ifindex,
	    sizeof(ifindex));
	core_answer_dropped(e->core, ifindex);
}

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct engine	*e = arg;

	(void)fd;
	(void)what;
	core_tick(e->core, clock_monotime());
	settle_accounts(e);
}

/* After every event: send what it led to, and set the clock for the next. */
static void
settle_accounts(void *arg)
{
	struct engine	*e = arg;
	struct timeval	 tv;
	monotime_t	 due, now;
	int64_t		 us;

	if (e->sessions == NULL)	/* still starting */
		return;
	sessions_flush(e->sessions);
	due = core_due(e->core);
	if (monotime_is_never(due)) {
		evtimer_del(e->tick);
		return;
	}
	now = clock_monotime();
	us = monotime_before(now, due) ? due.us - now.us : 0;
	tv.tv_sec = us / 1000000;
	tv.tv_usec = us % 1000000;
	/* The sessions' clock comes by here soon, and sets it then. */
	if (evtimer_add(e->tick, &tv) == -1)
		nomem("a timer");
}
