/* SPDX-License-Identifier: ISC */
/*
 * The engine: one core, its clock, its sessions with peers, and the pipes by
 * which events arrive and effects leave.
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
#include "engine/monitor.h"
#include "engine/store/store.h"
#include "engine/tls/tls.h"
#include "engine/verify.h"
#include "ipc/conf_ipc.h"
#include "ipc/dispatch.h"
#include "proc/child.h"

struct engine {
	struct child		*child;
	struct event_base	*base;
	struct event		*tick;
	struct pipe		*parent, *frontend;
	struct pipe		*signer;	/* NULL: none */
	struct conf_receiver	 receiver;
	struct router_id	 self;
	uint64_t		 run;		/* random, of this start */
	uint8_t			 key[PUBLIC_KEY];	/* of self */
	struct store		*store;		/* NULL: none */
	struct core		*core;		/* NULL until configured */
	struct sessions		*sessions;
	struct monitor		*monitor;
	struct engine_ctl	*ctl;
};

static void	from_parent(void *, const struct imsg *);
static void	from_frontend(void *, const struct imsg *);
static void	from_signer(void *, const struct imsg *);
static ipc_handler on_hello, on_signer, on_signed_router, on_signed_session,
		on_conf, on_verbose, on_shutdown, on_peer_fd,
		on_discover_socket, on_ctl, on_ctl_more,
		on_listen;
static bool	prepare(struct engine *, const struct conf *, char *, size_t);
static void	configure(struct engine *, struct conf *);
static void	sign(void *, const struct ipc_sign_session *);
static void	frontend_closed(void *);
static void	signer_closed(void *);
static void	frontend_drained(void *);
static void	effect(void *, const struct effect *);
static void	to_station(struct engine *, const struct effect *);
static uint32_t	random32(void *);
static void	tick(evutil_socket_t, short, void *);
static void	after_event(void *);
static void	sign_router(struct engine *, const struct sign_router *);
static void	connect_peer(void *, const struct ipc_peer *);
static void	peer_changed(void *, const struct ctl_event *);

/* Handlers that pass a message on unchanged. */
#define TO_CORE(name)							\
static void								\
on_##name(void *arg, const struct imsg *imsg)				\
{									\
	struct engine	*e = arg;					\
									\
	core_##name(e->core, imsg->data, clock_monotime());		\
}
TO_CORE(link)
TO_CORE(sighting)
TO_CORE(adopt)
TO_CORE(dhcp)
TO_CORE(dhcp6)
TO_CORE(solicit)
TO_CORE(heard)
TO_CORE(arp)

#define TO_SESSIONS(name)						\
static void								\
on_peer_##name(void *arg, const struct imsg *imsg)			\
{									\
	struct engine	*e = arg;					\
									\
	sessions_##name(e->sessions, imsg->data);			\
}
TO_SESSIONS(failed)
TO_SESSIONS(route)

static ipc_handler *const parent_messages[IPC_MAX] = {
	[IPC_HELLO] = on_hello,
	[IPC_SIGNER] = on_signer,
	[IPC_CONF_BEGIN ... IPC_CONF_ABORT] = on_conf,
	[IPC_VERBOSE] = on_verbose,
	[IPC_SHUTDOWN] = on_shutdown,
	[IPC_LINK] = on_link,
	[IPC_SIGHTING] = on_sighting,
	[IPC_ADOPT] = on_adopt,
	[IPC_PEER_FD] = on_peer_fd,
	[IPC_PEER_FAILED] = on_peer_failed,
	[IPC_PEER_ROUTE] = on_peer_route,
	[IPC_DISCOVER_SOCKET] = on_discover_socket
};

static ipc_handler *const frontend_messages[IPC_MAX] = {
	[IPC_DHCP] = on_dhcp,
	[IPC_DHCP6] = on_dhcp6,
	[IPC_SOLICIT] = on_solicit,
	[IPC_HEARD] = on_heard,
	[IPC_ARP_ASK] = on_arp,
	[IPC_CTL] = on_ctl,
	[IPC_LISTEN] = on_listen,
	[IPC_CTL_MORE] = on_ctl_more
};

static ipc_handler *const signer_messages[IPC_MAX] = {
	[IPC_SIGNED_ROUTER] = on_signed_router,
	[IPC_SIGNED_SESSION] = on_signed_session
};

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
	monitor_free(e->monitor);
	sessions_free(e->sessions);
	store_close(e->store);
	core_free(e->core);
	pipe_free(e->frontend);
	pipe_free(e->signer);
	event_free(e->tick);
	free(e);
}

/* The parent sees it as well, and ends us if necessary. */
static void
frontend_closed(void *arg)
{
	struct engine	*e = arg;

	pipe_free(e->frontend);
	e->frontend = NULL;
	engine_ctl_gone(e->ctl);
}

static void
signer_closed(void *arg)
{
	struct engine	*e = arg;

	pipe_free(e->signer);
	e->signer = NULL;
}

static void
frontend_drained(void *arg)
{
	struct engine	*e = arg;

	if (e->ctl == NULL)
		return;
	monitor_resume(e->monitor, e->frontend);
	engine_ctl_resume(e->ctl, e->frontend);
}

static void
on_hello(void *arg, const struct imsg *imsg)
{
	struct engine		*e = arg;
	const struct pipe_ops	 ops = { from_frontend, frontend_closed,
				    frontend_drained, e };
	struct ipc_hello	 msg;

	e->frontend = child_hello(e->child, imsg, &msg, PROC_FRONTEND, &ops);
	e->self = msg.self;
	e->run = msg.run;
	memcpy(e->key, msg.key, sizeof(e->key));
	pipe_answers(e->frontend);
}

static void
on_signer(void *arg, const struct imsg *imsg)
{
	struct engine		*e = arg;
	const struct pipe_ops	 ops = { from_signer, signer_closed, NULL, e };

	if (e->signer != NULL)
		fatalx("%s from parent: a second one", ipc_name(imsg->type));
	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s from parent: too many open files",
		    ipc_name(imsg->type));
	e->signer = pipe_new(e->base, imsg->fd, PROC_ENGINE, PROC_SIGNER,
	    &ops);
}

static void
from_signer(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	ipc_dispatch(signer_messages, e->core != NULL, e, imsg, PROC_SIGNER);
	after_event(e);
}

static void
on_signed_router(void *arg, const struct imsg *imsg)
{
	const struct ipc_signed_router	*msg = imsg->data;
	struct router_signature		 signature;
	struct engine			*e = arg;

	memcpy(signature.octet, msg->signature, sizeof(signature.octet));
	core_router_signed(e->core, msg->number, &signature,
	    clock_monotime());
}

/* Without a signer nothing is signed: the core asks again. */
static void
sign_router(struct engine *e, const struct sign_router *what)
{
	struct ipc_sign_router	msg;

	if (e->signer == NULL)
		return;
	memset(&msg, 0, sizeof(msg));
	msg.number = what->seqno;
	msg.vallen = what->vallen;
	memcpy(msg.value, what->value, sizeof(msg.value));
	pipe_send(e->signer, IPC_SIGN_ROUTER, 0, -1, &msg, sizeof(msg));
}

/*
 * The steps that can fail: keys and certificates, and memory, but not for the
 * first configuration, when there is nothing to keep.  why stays empty if
 * memory was refused.
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
on_conf(void *arg, const struct imsg *imsg)
{
	char			 why[LOG_TEXT] = "";
	enum conf_received	 state;
	struct engine		*e = arg;
	struct conf		*conf;

	if (!e->child->greeted)
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

/* A configuration comes into force: the first one makes the core. */
static void
configure(struct engine *e, struct conf *conf)
{
	struct core_ops		ops = { effect, random32, verify_signature,
				    verify_fingerprint, 0, e };
	struct core_self	self = { .id = e->self, .run = e->run };
	struct sessions_ops	sops = { connect_peer, after_event, sign,
				    peer_changed, e };

	if (e->core == NULL) {
		memcpy(self.key.octet, e->key, sizeof(self.key.octet));
		ops.verifications = verify_rate();
		e->core = core_new(&ops, &self, conf, clock_monotime());
		if (e->core == NULL)
			fatalx("core: out of memory");
		core_verbose(e->core, log_is_verbose());
		store_load(e->store, e->core, conf, clock_monotime());
		e->sessions = sessions_new(e->base, e->core, &self, &sops);
		if (e->sessions == NULL || (e->monitor = monitor_new(e->core,
		    e->sessions)) == NULL || (e->ctl = engine_ctl_new(e->base,
		    e->core, e->sessions, e->monitor)) == NULL)
			fatalx("sessions: out of memory");
	} else {
		core_conf(e->core, conf, clock_monotime());
		monitor_say(e->monitor, e->frontend, CTL_EVENT_RELOAD, "");
	}
	store_conf(e->store, conf);
	sessions_conf(e->sessions, conf);
	conf_free(conf);
}

static void
from_parent(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	ipc_dispatch(parent_messages, e->core != NULL, e, imsg, PROC_PARENT);
	after_event(e);
}

static void
on_verbose(void *arg, const struct imsg *imsg)
{
	const uint32_t	*level = imsg->data;
	struct engine	*e = arg;

	log_verbose((int)*level);
	if (e->core != NULL)
		core_verbose(e->core, log_is_verbose());
}

static void
on_shutdown(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	(void)imsg;
	event_base_loopbreak(e->base);
}

static void
on_peer_fd(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	sessions_connected(e->sessions, imsg->data, imsg->fd);
}

/* If the descriptor was lost, it is sent again, later. */
static void
on_discover_socket(void *arg, const struct imsg *imsg)
{
	const struct ipc_discover	*discover = imsg->data;
	struct ipc_fd_lost	 lost = { imsg->type, discover->ifindex };
	struct engine		*e = arg;

	if (imsg->fd == IMSG_FD_LOST)
		pipe_send(e->parent, IPC_FD_LOST, 0, -1, &lost, sizeof(lost));
	else
		sessions_discover(e->sessions, discover, imsg->fd);
}

static void
from_frontend(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	/*
	 * The frontend may be configured a moment before us: stations ask
	 * again.
	 */
	if (e->core == NULL) {
		if (imsg->type == IPC_CTL)
			engine_ctl_early(e->frontend, imsg->id);
		return;
	}
	ipc_dispatch(frontend_messages, true, e, imsg, PROC_FRONTEND);
	after_event(e);
}

static void
on_ctl(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	engine_ctl_request(e->ctl, e->frontend, imsg->id, imsg->data);
}

static void
on_ctl_more(void *arg, const struct imsg *imsg)
{
	const uint32_t	*records = imsg->data;
	struct engine	*e = arg;

	engine_ctl_more(e->ctl, e->frontend, imsg->id, *records);
}

static void
on_listen(void *arg, const struct imsg *imsg)
{
	const uint32_t	*listened = imsg->data;
	struct engine	*e = arg;

	monitor_listen(e->monitor, *listened != 0);
}

static void
peer_changed(void *arg, const struct ctl_event *event)
{
	struct engine	*e = arg;

	monitor_tell(e->monitor, e->frontend, event);
}

static void
connect_peer(void *arg, const struct ipc_peer *peer)
{
	struct engine	*e = arg;

	pipe_send(e->parent, IPC_PEER_CONNECT, 0, -1, peer, sizeof(*peer));
}

/* Without the signer the session ends by its time limit. */
static void
sign(void *arg, const struct ipc_sign_session *msg)
{
	struct engine	*e = arg;

	if (e->signer != NULL)
		pipe_send(e->signer, IPC_SIGN_SESSION, 0, -1, msg,
		    sizeof(*msg));
}

static void
on_signed_session(void *arg, const struct imsg *imsg)
{
	struct engine	*e = arg;

	sessions_signed(e->sessions, imsg->data);
}

static uint32_t
random32(void *arg)
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
	size_t		ifindex;	/* to a station: offset of its link */
} messages[EFFECT_TYPES] = {
	[EFFECT_ROUTE] = { IPC_ROUTE, PROC_PARENT, 0 },
	[EFFECT_NEIGH] = { IPC_NEIGH, PROC_PARENT, 0 },
	[EFFECT_NEXTHOP] = { IPC_NEXTHOP, PROC_PARENT, 0 },
	[EFFECT_STARTED] = { IPC_STARTED, PROC_PARENT, 0 },
	[EFFECT_DISASSOCIATE] = { IPC_DISASSOCIATE, PROC_PARENT, 0 },
	[EFFECT_PIN] = { IPC_PIN, PROC_PARENT, 0 },
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

/* The core's effects, sent to the process that acts on them. */
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
	case EFFECT_SIGN_ROUTER:
		sign_router(e, f->sign_router);
		break;
	case EFFECT_REFUSED:
		sessions_refused(e->sessions, f->refused->peer,
		    f->refused->why);
		break;
	case EFFECT_LOG:
		if (f->log->level != LEVEL_DEBUG || log_is_verbose())
			log_line(levels[f->log->level], f->log->format,
			    f->log->text);
		if (f->log->level == LEVEL_WARN && e->monitor != NULL)
			monitor_say(e->monitor, e->frontend, CTL_EVENT_WARNING,
			    f->log->text);
		break;
	case EFFECT_EVENT:
		monitor_tell(e->monitor, e->frontend, f->event);
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

/*
 * A message for a frame; if there is no room, it is dropped: stations ask
 * again.
 */
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
	after_event(e);
}

/* After every event: send its effects, and set the timer for the next one. */
static void
after_event(void *arg)
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
	/* The sessions' own timer calls this soon, and sets it then. */
	if (evtimer_add(e->tick, &tv) == -1)
		nomem("a timer");
}
