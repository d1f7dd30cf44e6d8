/* SPDX-License-Identifier: ISC */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "frontend/control.h"
#include "frontend/frontend.h"
#include "frontend/link.h"
#include "ipc/conf_ipc.h"
#include "proc/child.h"
#include "proc/memory.h"

#define LAST_WORDS	500000		/* us for the engine to end first */

struct frontend {
	struct child		*child;
	struct event_base	*base;
	struct pipe		*parent;
	struct pipe		*engine;	/* NULL: not yet, or no more */
	struct conf_receiver	 receiver;
	struct conf		*conf;		/* NULL: none yet */
	struct links		*links;
	struct control		*control;
	bool			 ending;	/* told to shut down */
	struct ctl_parent	 counts;	/* what the parent said last */
};

static void	parent_message(void *, const struct imsg *);
static void	hello(struct frontend *, const struct imsg *);
static void	take_conf(struct frontend *, const struct imsg *);
static void	take_link_socket(struct frontend *, const struct imsg *);
static void	engine_message(void *, const struct imsg *);
static void	status_answer(struct frontend *, const struct imsg *);
static void	engine_closed(void *);
static void	engine_drained(void *);
static void	end_soon(struct frontend *);
static void	to_engine(void *, uint32_t, const void *, size_t);
static bool	engine_busy(void *);
static int	forward(void *, enum proc_id, uint32_t, const struct ipc_ctl *);
static void	answer(void *, uint32_t, const struct ctl_request *, uint32_t);
static void	show_interfaces(struct frontend *, uint32_t);
static void	show_memory(struct frontend *, uint32_t);

struct frontend *
frontend_new(struct child *child)
{
	struct links_ops links_ops = { to_engine, engine_busy, NULL };
	struct control_ops control_ops = { forward, answer, NULL };
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
	struct frontend *f = arg;
	struct link link;
	uint32_t verbose;

	switch (imsg->type) {
	case IPC_HELLO:
		hello(f, imsg);
		break;
	case IPC_VERBOSE:
		imsg_data(imsg, &verbose, sizeof(verbose));
		log_verbose((int)verbose);
		break;
	case IPC_CONF_BEGIN:
	case IPC_CONF_LISTEN:
	case IPC_CONF_PEER:
	case IPC_CONF_IFACE:
	case IPC_CONF_OPTION:
	case IPC_CONF_STATIC:
	case IPC_CONF_END:
	case IPC_CONF_COMMIT:
	case IPC_CONF_ABORT:
		take_conf(f, imsg);
		break;
	case IPC_LINK:
		imsg_data(imsg, &link, sizeof(link));
		links_update(f->links, &link);
		break;
	case IPC_LINK_SOCKET:
		take_link_socket(f, imsg);
		break;
	case IPC_PARENT_STATUS:
		imsg_data(imsg, &f->counts, sizeof(f->counts));
		break;
	case IPC_CONTROL_SOCKET:
		if (imsg->fd == IMSG_FD_LOST)
			fatalx("%s: too many open files",
			    ipc_name(imsg->type));
		control_listen(f->control, imsg->fd);
		break;
	case IPC_SHUTDOWN:
		end_soon(f);
		break;
	default:
		control_answer(f->control, PROC_PARENT, imsg);
		break;
	}
}

static void
hello(struct frontend *f, const struct imsg *imsg)
{
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
take_conf(struct frontend *f, const struct imsg *imsg)
{
	enum conf_received state;
	struct conf *conf;

	conf = conf_receive(&f->receiver, imsg, &state);
	conf_answer(f->parent, state, "");
	if (conf == NULL)
		return;
	links_conf(f->links, conf);
	conf_free(f->conf);
	f->conf = conf;
}

static void
take_link_socket(struct frontend *f, const struct imsg *imsg)
{
	struct ipc_fd_lost lost = { .type = IPC_LINK_SOCKET };
	struct ipc_link_socket what;

	imsg_data(imsg, &what, sizeof(what));
	if (imsg->fd != IMSG_FD_LOST &&
	    links_socket(f->links, &what, imsg->fd) == 0)
		return;
	/* It is sent again, some time. */
	lost.ifindex = what.ifindex;
	pipe_send(f->parent, IPC_FD_LOST, 0, -1, &lost, sizeof(lost));
}

static void
engine_message(void *arg, const struct imsg *imsg)
{
	struct frontend *f = arg;
	union {
		struct dhcp_reply	reply;
		struct dhcp6_reply	reply6;
		struct advert		advert;
		struct announce		announce;
		struct probe		probe;
		struct arp_ask		arp;
		struct ipc_drops	drops;
	} m;

	/* ipc/pipe.c has checked the length of each. */
	switch (imsg->type) {
	case IPC_DHCP_REPLY:
		imsg_data(imsg, &m.reply, sizeof(m.reply));
		links_dhcp_reply(f->links, &m.reply);
		break;
	case IPC_DHCP6_REPLY:
		imsg_data(imsg, &m.reply6, sizeof(m.reply6));
		links_dhcp6_reply(f->links, &m.reply6);
		break;
	case IPC_ADVERT:
		imsg_data(imsg, &m.advert, sizeof(m.advert));
		links_advert(f->links, &m.advert);
		break;
	case IPC_ANNOUNCE:
		imsg_data(imsg, &m.announce, sizeof(m.announce));
		links_announce(f->links, &m.announce);
		break;
	case IPC_PROBE:
		imsg_data(imsg, &m.probe, sizeof(m.probe));
		links_probe(f->links, &m.probe);
		break;
	case IPC_ARP_REPLY:
		imsg_data(imsg, &m.arp, sizeof(m.arp));
		links_arp_reply(f->links, &m.arp);
		break;
	case IPC_DROPS:
		imsg_data(imsg, &m.drops, sizeof(m.drops));
		links_drops(f->links, &m.drops);
		break;
	case CTL_STATUS:
		status_answer(f, imsg);
		break;
	default:
		control_answer(f->control, PROC_ENGINE, imsg);
		break;
	}
}

/* The parent was asked first, and has told its part of it. */
static void
status_answer(struct frontend *f, const struct imsg *imsg)
{
	struct imsg whole = *imsg;
	struct ctl_status status;

	imsg_data(imsg, &status, sizeof(status));
	status.parent = f->counts;
	status.memory_refused += f->counts.memory_refused + nomem_count();
	whole.data = (const uint8_t *)&status;
	control_answer(f->control, PROC_ENGINE, &whole);
}

/* The parent sees it too, and says so; what we were told last is done. */
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

/* The engine's last frames are still to be sent: they come before its end. */
static void
end_soon(struct frontend *f)
{
	struct timeval wait = { 0, LAST_WORDS };

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
answer(void *arg, uint32_t client, const struct ctl_request *request,
    uint32_t type)
{
	struct frontend *f = arg;

	(void)request;
	if (type == CTL_SHOW_INTERFACES)
		show_interfaces(f, client);
	else if (type == CTL_SHOW_MEMORY)
		show_memory(f, client);
}

static void
show_interfaces(struct frontend *f, uint32_t client)
{
	struct ctl_interface show;
	size_t i;

	for (i = 0; f->conf != NULL && i < f->conf->nifaces; i++) {
		links_show(f->links, f->conf->ifaces[i].name, &show);
		if (show.ifindex == 0)
			show.source = (uint8_t)f->conf->ifaces[i].source;
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
