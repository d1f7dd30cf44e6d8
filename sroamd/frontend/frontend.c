/* SPDX-License-Identifier: ISC */
/* The frontend: the process that reads packets of stations. */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/names.h"
#include "frontend/control.h"
#include "frontend/frontend.h"
#include "frontend/link.h"
#include "ipc/conf_ipc.h"
#include "ipc/dispatch.h"
#include "proc/child.h"
#include "proc/memory.h"

#define LINGER_US	500000		/* us to wait for the engine's end */

struct frontend {
	struct child		*child;
	struct event_base	*base;
	struct pipe		*parent;
	struct pipe		*engine;	/* NULL: not yet, or closed */
	struct conf_receiver	 receiver;
	struct conf		*conf;		/* NULL: none yet */
	struct links		*links;
	struct control		*control;
	bool			 ending;	/* was told to shut down */
	/* last received from the parent */
	struct ctl_parent	 counts;
};

static void	parent_message(void *, const struct imsg *);
static ipc_handler on_hello, on_verbose, on_conf, on_link, on_link_socket,
		on_parent_status, on_control_socket, on_shutdown,
		on_parent_answer, on_status, on_engine_answer, on_event;
static void	engine_message(void *, const struct imsg *);
static void	engine_closed(void *);
static void	engine_drained(void *);
static void	to_engine(void *, uint32_t, const void *, size_t);
static bool	engine_busy(void *);
static int	forward(void *, enum proc_id, uint32_t, const struct ipc_ctl *);
static void	more(void *, enum proc_id, uint32_t, uint32_t);
static void	listen_to_engine(void *, bool);
static void	answer(void *, uint32_t, const struct ctl_request *, uint32_t);
static bool	named(void *, const char *);
static void	show_interfaces(struct frontend *, uint32_t, const char *);
static void	show_memory(struct frontend *, uint32_t);

/* Messages that the engine sends to stations. */
#define TO_LINKS(name)							\
static void								\
on_##name(void *arg, const struct imsg *imsg)				\
{									\
	struct frontend *f = arg;					\
									\
	links_##name(f->links, imsg->data);				\
}
TO_LINKS(dhcp_reply)
TO_LINKS(dhcp6_reply)
TO_LINKS(advert)
TO_LINKS(announce)
TO_LINKS(probe)
TO_LINKS(arp_reply)
TO_LINKS(drops)

static ipc_handler *const parent_messages[IPC_MAX] = {
	[IPC_HELLO] = on_hello,
	[IPC_VERBOSE] = on_verbose,
	[IPC_CONF_BEGIN ... IPC_CONF_ABORT] = on_conf,
	[IPC_LINK] = on_link,
	[IPC_LINK_SOCKET] = on_link_socket,
	[IPC_PARENT_STATUS] = on_parent_status,
	[IPC_CONTROL_SOCKET] = on_control_socket,
	[IPC_SHUTDOWN] = on_shutdown,
	[CTL_ROUTE] = on_parent_answer,
	[CTL_MEMORY] = on_parent_answer,
	[CTL_END] = on_parent_answer
};

static ipc_handler *const engine_messages[IPC_MAX] = {
	[IPC_DHCP_REPLY] = on_dhcp_reply,
	[IPC_DHCP6_REPLY] = on_dhcp6_reply,
	[IPC_ADVERT] = on_advert,
	[IPC_ANNOUNCE] = on_announce,
	[IPC_PROBE] = on_probe,
	[IPC_ARP_REPLY] = on_arp_reply,
	[IPC_DROPS] = on_drops,
	[CTL_STATUS] = on_status,
	[CTL_LEASE ... CTL_NETWORK] = on_engine_answer,
	[CTL_EVENT] = on_event,
	[CTL_END] = on_engine_answer
};

struct frontend *
frontend_new(struct child *child)
{
	struct links_ops links_ops = { to_engine, engine_busy, NULL };
	struct control_ops control_ops = { forward, answer, more,
	    listen_to_engine, named, NULL };
	struct frontend *f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		fatal("frontend");
	f->child = child;
	f->base = child->base;
	links_ops.arg = control_ops.arg = f;
	f->parent = child_connect(child, parent_message, f);
	f->links = links_new(f->base, &links_ops, arc4random());
	f->control = control_new(f->base, &control_ops);
	if (f->links == NULL || f->control == NULL)
		fatalx("out of memory");
	return f;
}

void
frontend_free(struct frontend *f)
{
	control_free(f->control);
	links_free(f->links);
	pipe_free(f->engine);
	conf_free(f->receiver.staged);
	conf_free(f->conf);
	free(f);
}

static void
parent_message(void *arg, const struct imsg *imsg)
{
	ipc_dispatch(parent_messages, true, arg, imsg, PROC_PARENT);
}

static void
on_verbose(void *arg, const struct imsg *imsg)
{
	const uint32_t *level = imsg->data;

	(void)arg;
	log_verbose((int)*level);
}

static void
on_link(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;

	links_update(f->links, imsg->data);
}

static void
on_parent_status(void *arg, const struct imsg *imsg)
{
	const struct ctl_parent *counts = imsg->data;
	struct frontend *f = arg;

	f->counts = *counts;
}

static void
on_control_socket(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;

	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s: too many open files", ipc_name(imsg->type));
	control_listen(f->control, imsg->fd);
}

static void
on_parent_answer(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;

	control_answer(f->control, PROC_PARENT, imsg);
}

static void
on_hello(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;
	const struct pipe_ops engine_ops = {
		.message = engine_message,
		.closed = engine_closed,
		.drained = engine_drained,
		.arg = f
	};
	struct ipc_hello hello;

	f->engine = child_hello(f->child, imsg, &hello, PROC_ENGINE,
	    &engine_ops);
	links_resume(f->links);
}

static void
on_conf(void *arg, const struct imsg *imsg)
{
	enum conf_received state;
	struct frontend *f = arg;
	struct conf *conf;

	conf = conf_receive(&f->receiver, imsg, &state);
	conf_answer(f->parent, state, "");
	if (conf == NULL)
		return;
	links_conf(f->links, conf);
	conf_free(f->conf);
	f->conf = conf;
}

/* If the descriptor was lost, it is sent again, later. */
static void
on_link_socket(void *arg, const struct imsg *imsg)
{
	const struct ipc_link_socket *what = imsg->data;
	struct ipc_fd_lost lost = { imsg->type, what->ifindex };
	struct frontend *f = arg;

	if (imsg->fd != IMSG_FD_LOST &&
	    links_socket(f->links, what, imsg->fd) == 0)
		return;
	pipe_send(f->parent, IPC_FD_LOST, 0, -1, &lost, sizeof(lost));
}

static void
engine_message(void *arg, const struct imsg *imsg)
{
	ipc_dispatch(engine_messages, true, arg, imsg, PROC_ENGINE);
}

static void
on_engine_answer(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;

	control_answer(f->control, PROC_ENGINE, imsg);
}

/* What happens has a number; how things are is told to one. */
static void
on_event(void *arg, const struct imsg *imsg)
{
	const struct ctl_event *event = imsg->data;
	struct frontend *f = arg;

	if (event->seq != 0)
		control_event(f->control, event);
	else
		control_answer(f->control, PROC_ENGINE, imsg);
}

/* The parent was asked first, and has sent its counters. */
static void
on_status(void *arg, const struct imsg *imsg)
{
	const struct ctl_status *engines = imsg->data;
	struct ctl_status status = *engines;
	struct imsg whole = *imsg;
	struct frontend *f = arg;

	status.parent = f->counts;
	status.memory_refused += f->counts.memory_refused + nomem_count();
	status.answers_dropped += links_lost(f->links);
	whole.data = &status;
	control_answer(f->control, PROC_ENGINE, &whole);
}

/*
 * The parent sees it too, and logs it.  All messages of the engine were
 * handled.
 */
static void
engine_closed(void *arg)
{
	struct frontend *f = arg;

	pipe_free(f->engine);
	f->engine = NULL;
	if (f->ending)
		event_base_loopbreak(f->base);
}

static void
engine_drained(void *arg)
{
	struct frontend *f = arg;

	links_resume(f->links);
}

/* The engine's last frames still come: they precede its end of file. */
static void
on_shutdown(void *arg, const struct imsg *imsg)
{
	struct timeval wait = { 0, LINGER_US };
	struct frontend *f = arg;

	(void)imsg;
	f->ending = true;
	if (f->engine == NULL)
		event_base_loopbreak(f->base);
	else
		event_base_loopexit(f->base, &wait);
}

static void
to_engine(void *arg, uint32_t type, const void *data, size_t len)
{
	struct frontend *f = arg;

	if (f->engine != NULL)
		pipe_send(f->engine, type, 0, -1, data, len);
}

static bool
engine_busy(void *arg)
{
	struct frontend *f = arg;

	return f->engine == NULL || pipe_full(f->engine);
}

static int
forward(void *arg, enum proc_id to, uint32_t client, const struct ipc_ctl *ctl)
{
	struct frontend *f = arg;
	struct pipe *pipe = to == PROC_PARENT ? f->parent : f->engine;

	if (pipe == NULL)
		return -1;
	pipe_send(pipe, IPC_CTL, client, -1, ctl, sizeof(*ctl));
	return 0;
}

static void
more(void *arg, enum proc_id to, uint32_t client, uint32_t records)
{
	struct frontend *f = arg;
	struct pipe *pipe = to == PROC_PARENT ? f->parent : f->engine;

	if (pipe != NULL && to != PROC_FRONTEND)
		pipe_send(pipe, IPC_CTL_MORE, client, -1, &records,
		    sizeof(records));
}

static void
listen_to_engine(void *arg, bool listened)
{
	uint32_t on = listened;
	struct frontend *f = arg;

	if (f->engine != NULL)
		pipe_send(f->engine, IPC_LISTEN, 0, -1, &on, sizeof(on));
}

static void
answer(void *arg, uint32_t client, const struct ctl_request *request,
    uint32_t type)
{
	struct frontend *f = arg;

	if (type == CTL_SHOW_INTERFACES)
		show_interfaces(f, client, request->network);
	else if (type == CTL_SHOW_MEMORY)
		show_memory(f, client);
}

static bool
named(void *arg, const char *network)
{
	struct frontend *f = arg;

	return f->conf != NULL && conf_network_find(f->conf, network) != NULL;
}

/* network: whose; empty: of all. */
static void
show_interfaces(struct frontend *f, uint32_t client, const char *network)
{
	struct ctl_interface show;
	struct conf_names names;
	struct ctl_scope *scope;
	size_t i;

	if (f->conf == NULL)
		return;
	conf_names_make(&names, f->conf);
	for (i = 0; i < f->conf->nifaces; i++) {
		scope = &names.list[f->conf->ifaces[i].network];
		if (network[0] != '\0' &&
		    strcmp(scope->network, network) != 0)
			continue;
		links_show(f->links, f->conf->ifaces[i].name, &show);
		if (show.ifindex == 0)
			show.source = (uint8_t)f->conf->ifaces[i].source;
		show.scope = *scope;
		control_record(f->control, client, CTL_INTERFACE, &show,
		    sizeof(show));
	}
}

static void
show_memory(struct frontend *f, uint32_t client)
{
	struct ctl_memory show;

	memory_fill(&show, CTL_FRONTEND);
	show.objects = links_count(f->links);
	control_record(f->control, client, CTL_MEMORY, &show, sizeof(show));
}
