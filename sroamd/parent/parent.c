/* SPDX-License-Identifier: ISC */
/* The parent: the process with netlink, sockets and the configuration. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "conf/field.h"
#include "ipc/dispatch.h"
#include "kernel/sock.h"
#include "parent/controlsock.h"
#include "parent/identity.h"
#include "parent/local.h"
#include "parent/notify.h"
#include "parent/onlyone.h"
#include "parent/privsep.h"
#include "parent/program.h"
#include "parent/sandbox.h"
#include "parent/state.h"
#include "proc/memory.h"

static void	remove_socket(void);
static void	child_start(struct parent *, enum proc_id);
static void	hello(struct parent *, const struct ipc_identity *);
static void	pair(int [2]);
static void	on_signal(evutil_socket_t, short, void *);
static void	on_only(evutil_socket_t, short, void *);
static void	on_deadline(evutil_socket_t, short, void *);
static void	child_message(void *, const struct imsg *);
static void	child_closed(void *);
static void	child_drained(void *);
static void	on_link(void *, const struct link *);
static void	on_sighting(void *, const struct sighting *);
static void	on_adopt(void *, const struct route *);
static void	on_route(void *, const struct prefix *);
static void	on_footprint(void *, const struct footprint *);
static void	on_connected(void *, const struct ipc_peer *, int);
static void	on_connect_failed(void *, const struct ipc_peer *);
static void	on_peer_route(void *, const struct ipc_peer *);
static void	on_resolve(void *, uint32_t, const char *);
static void	on_discover(void *, const struct ipc_discover *, int);
static bool	engine_busy(void *);
static ipc_handler take_log, take_log_lost, take_fd_lost, take_ready,
		take_refused, take_ctl, take_ctl_more, take_resolved,
		take_connect, take_started, take_identity;

/* Requests to the kernel; it logs its errors itself. */
#define TO_KERNEL(name)							\
static void								\
take_##name(void *arg, const struct imsg *imsg)				\
{									\
	struct process *child = arg;					\
									\
	(void)kernel_##name(child->parent->kernel, imsg->data);		\
}
TO_KERNEL(route)
TO_KERNEL(neigh)
TO_KERNEL(nexthop)
TO_KERNEL(disassociate)
TO_KERNEL(pin)
TO_KERNEL(inquire)

static ipc_handler *const child_messages[IPC_MAX] = {
	[IPC_LOG] = take_log,
	[IPC_LOG_LOST] = take_log_lost,
	[IPC_FD_LOST] = take_fd_lost,
	[IPC_CONF_READY] = take_ready,
	[IPC_CONF_REFUSED] = take_refused,
	[IPC_CTL] = take_ctl,
	[IPC_CTL_MORE] = take_ctl_more,
	[IPC_RESOLVED] = take_resolved,
	[IPC_IDENTITY] = take_identity,
	[IPC_PEER_CONNECT] = take_connect,
	[IPC_ROUTE] = take_route,
	[IPC_NEIGH] = take_neigh,
	[IPC_NEXTHOP] = take_nexthop,
	[IPC_STARTED] = take_started,
	[IPC_DISASSOCIATE] = take_disassociate,
	[IPC_PIN] = take_pin,
	[IPC_INQUIRY] = take_inquire
};

/* For remove_socket, which runs at exit. */
static char	socket_path[CONF_PATH];

struct parent *
parent_new(struct event_base *base, const struct parent_opts *opts,
    struct conf *conf)
{
	static const int signals[] = { SIGHUP, SIGTERM, SIGINT, SIGCHLD };
	struct parent *p;
	size_t i;

	p = calloc(1, sizeof(*p));
	if (p == NULL || (p->footprint = calloc(1, sizeof(*p->footprint))) ==
	    NULL)
		fatal("parent");
	p->base = base;
	p->opts = opts;
	p->conf = conf;
	p->control_fd = p->dhcp_fd = p->identity_fd = p->only_fd = -1;
	for (i = 0; i < CHILDREN; i++)
		p->children[i].killswitch = (struct killswitch){ { -1, -1 } };
	p->listings = listings_new(p, NULL);
	p->deadline = evtimer_new(base, on_deadline, p);
	if (p->listings == NULL || p->deadline == NULL ||
	    parent_links_init(p) == -1 || parent_ctl_init(p) == -1)
		fatalx("parent: out of memory");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		p->signals[i] = evsignal_new(base, signals[i], on_signal, p);
		if (p->signals[i] == NULL ||
		    event_add(p->signals[i], NULL) == -1)
			fatalx("parent: out of memory");
	}
	signal(SIGPIPE, SIG_IGN);
	memory_init();
	return p;
}

int
parent_open(struct parent *p)
{
	const struct kernel_ops kernel_ops = {
		on_link, on_sighting, on_adopt, on_route, p, on_footprint
	};
	const struct peersock_ops peersock_ops = {
		on_connected, on_connect_failed, on_peer_route, on_resolve,
		engine_busy, p
	};
	const struct discoversock_ops discoversock_ops = { on_discover, p };
	const struct conf_global *g = &p->conf->global;
	char why[CONF_WHY];

	if ((p->only_fd = onlyone_open()) == -1)
		return -1;
	p->only = event_new(p->base, p->only_fd, EV_READ | EV_PERSIST,
	    on_only, NULL);
	if (p->only == NULL || event_add(p->only, NULL) == -1)
		fatalx("parent: out of memory");
	p->control_fd = controlsock_open(g->socket);
	if (p->control_fd == -1) {
		if (errno == EADDRINUSE)
			log_warnx("control socket %s: another daemon is "
			    "running there", g->socket);
		else
			log_warn("control socket %s", g->socket);
		return -1;
	}
	strlcpy(socket_path, g->socket, sizeof(socket_path));
	atexit(remove_socket);
	p->peersock = peersock_new(p->base, &peersock_ops);
	p->discoversock = discoversock_new(p->base, &discoversock_ops);
	if (p->peersock == NULL || p->discoversock == NULL)
		fatal("parent");
	if (peersock_prepare(p->peersock, p->conf, why, sizeof(why)) == -1) {
		log_warnx("%s", why);
		return -1;
	}
	if (state_prepare(g->state, privsep_user(PROC_EXAMINER), p->store,
	    sizeof(p->store), STATE_SECONDS) == -1)
		return -1;
	p->kernel = kernel_open(p->base, &kernel_ops);
	if (p->kernel == NULL)
		return -1;
	if (p->conf->nifaces > 0) {
		p->dhcp_fd = sock_dhcp_port();
		if (p->dhcp_fd == -1)
			log_warn("DHCP server port");
	}
	p->identity_fd = identity_open(g, false);
	if (p->identity_fd == -1)
		return -1;
	footprint_read(g->state, p->footprint);
	kernel_former(p->kernel, p->footprint);
	return 0;
}

static void
remove_socket(void)
{
	if (socket_path[0] != '\0')
		unlink(socket_path);
}

void
parent_start(struct parent *p)
{
	p->verbose = p->conf->global.verbose > p->opts->verbose ?
	    p->conf->global.verbose : p->opts->verbose;
	log_verbose(p->verbose);
	child_start(p, PROC_SIGNER);
	child_start(p, PROC_ENGINE);
	child_start(p, PROC_FRONTEND);
	if (parent_resolves(p->conf))
		child_start(p, PROC_RESOLVER);
	else
		parent_child(p, PROC_RESOLVER)->gone = true;
	parent_log_start(p);
	sandbox_parent(&p->conf->global);
	pipe_send(parent_child(p, PROC_SIGNER)->pipe, IPC_HELLO_SIGNER, 0,
	    p->identity_fd, NULL, 0);
	p->identity_fd = -1;
	parent_deadline(p, READY_TIMEOUT);
}

static void
child_start(struct parent *p, enum proc_id id)
{
	struct process *child = parent_child(p, id);
	const struct pipe_ops ops = {
		child_message, child_closed, child_drained, child
	};
	const struct program_args args = {
		.user = privsep_user(id),
		.root = id == PROC_RESOLVER ? "/" : p->conf->global.chroot,
		.state = id == PROC_ENGINE && p->store[0] != '\0' ? p->store :
		    NULL,
		.verbose = p->verbose,
		.foreground = p->opts->foreground
	};
	int fd;

	child->parent = p;
	child->id = id;
	child->pid = program_start(id, &args, &fd);
	killswitch_open(&child->killswitch, child->pid);
	child->pipe = pipe_new(p->base, fd, PROC_PARENT, id, &ops);
	/* Who asks and does not read the answers is not heard further. */
	pipe_answers(child->pipe);
}

/*
 * Who we are, and channels between engine and frontend, engine and signer.
 */
static void
hello(struct parent *p, const struct ipc_identity *who)
{
	struct ipc_hello msg = { .self = who->id, .verbose = p->verbose };
	struct pipe *signer = parent_child(p, PROC_SIGNER)->pipe;
	struct pipe *engine = parent_child(p, PROC_ENGINE)->pipe;
	int sv[2], i;

	memcpy(msg.key, who->key, sizeof(msg.key));
	while (msg.run == 0)
		arc4random_buf(&msg.run, sizeof(msg.run));
	pair(sv);
	for (i = 0; i < WORKERS; i++)
		pipe_send(p->children[i].pipe, IPC_HELLO, 0, sv[i], &msg,
		    sizeof(msg));
	pair(sv);
	pipe_send(engine, IPC_SIGNER, 0, sv[0], NULL, 0);
	pipe_send(signer, IPC_SIGNER, 0, sv[1], NULL, 0);
}

static void
pair(int sv[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    sv) == -1)
		fatal("parent: socketpair");
}

int
parent_end(struct parent *p)
{
	size_t i;
	int status = p->failed;

	/*
	 * After a failure packets are still forwarded: the next run takes the
	 * routes over.
	 */
	if (p->kernel != NULL)
		kernel_close(p->kernel, p->failed ||
		    p->conf->global.leave_routes);
	peersock_free(p->peersock);
	discoversock_free(p->discoversock);
	watchdog_stop(p);
	for (i = 0; i < CHILDREN; i++) {
		pipe_free(p->children[i].pipe);
		killswitch_close(&p->children[i].killswitch);
	}
	parent_links_free(p);
	parent_ctl_free(p);
	listings_free(p->listings);
	for (i = 0; i < sizeof(p->signals) / sizeof(p->signals[0]); i++)
		event_free(p->signals[i]);
	event_free(p->deadline);
	if (p->control_fd != -1)
		close(p->control_fd);
	if (p->dhcp_fd != -1)
		close(p->dhcp_fd);
	if (p->identity_fd != -1)
		close(p->identity_fd);
	if (p->only != NULL)
		event_free(p->only);
	if (p->only_fd != -1)
		close(p->only_fd);
	if (p->staged != p->conf)
		conf_free(p->staged);
	conf_free(p->conf);
	parent_log_end(p);
	free(p->footprint);
	free(p);
	return status;
}

/* Events. */

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;

	(void)what;
	switch (sig) {
	case SIGHUP:
		parent_conf_reload(p, NULL);
		break;
	case SIGTERM:
	case SIGINT:
		if (p->phase != PHASE_STOPPING)
			log_info("ending: %s", strsignal(sig));
		parent_stop(p, false);
		break;
	default:
		parent_reap(p);
		break;
	}
}

static void
on_only(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	onlyone_answer(fd);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;
	size_t i;

	(void)fd;
	(void)what;
	if (p->phase != PHASE_STOPPING) {
		if (parent_complete(p))
			parent_conf_late(p);
		else
			parent_stop(p, true);
		return;
	}
	for (i = 0; i < CHILDREN; i++) {
		if (p->children[i].gone)
			continue;
		log_warnx("%s: does not end", proc_name(p->children[i].id));
		killswitch_pull(&p->children[i].killswitch);
	}
	event_base_loopbreak(p->base);
}

/* Children. */

/* Before the first COMMIT there is no answer to any request. */
static void
child_message(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	ipc_dispatch(child_messages, child->parent->phase != PHASE_STARTING,
	    child, imsg, child->id);
}

static void
take_log(void *arg, const struct imsg *imsg)
{
	parent_log_child(arg, imsg->data);
}

static void
take_log_lost(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	logsink_lost(child->parent->log, imsg->data);
}

static void
take_fd_lost(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	parent_fd_lost(child->parent, imsg->data);
}

static void
take_ready(void *arg, const struct imsg *imsg)
{
	(void)imsg;
	parent_conf_ready(arg);
}

static void
take_refused(void *arg, const struct imsg *imsg)
{
	parent_conf_refused(arg, imsg->data);
}

static void
take_ctl(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	parent_ctl(child->parent, imsg->id, imsg->data);
}

static void
take_ctl_more(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;
	const uint32_t *records = imsg->data;

	parent_ctl_window(child->parent, imsg->id, *records);
}

static void
take_resolved(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	peersock_resolved(child->parent->peersock, imsg->id, imsg->data);
}

/* The signer's first and only word: now the others can begin. */
static void
take_identity(void *arg, const struct imsg *imsg)
{
	const struct ipc_identity *who = imsg->data;
	struct process *child = arg;
	struct parent *p = child->parent;

	if (!router_id_is_none(&p->self))
		fatalx("parent: IPC_IDENTITY from %s: not asked for",
		    proc_name(child->id));
	p->self = who->id;
	if (p->phase != PHASE_STARTING || !parent_complete(p))
		return;
	hello(p, who);
	parent_conf_first(p);
}

static void
take_connect(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	peersock_connect(child->parent->peersock, imsg->data);
}

static void
take_started(void *arg, const struct imsg *imsg)
{
	struct process *child = arg;

	(void)imsg;
	kernel_started(child->parent->kernel);
}

/* There is room in its pipe again. */
static void
child_drained(void *arg)
{
	struct process *child = arg;

	if (child->id == PROC_FRONTEND)
		parent_ctl_more(child->parent);
}

static void
child_closed(void *arg)
{
	struct process *child = arg;

	pipe_free(child->pipe);
	child->pipe = NULL;
	parent_reap(child->parent);
	if (child->reaped)
		parent_child_ended(child);
	else if (child->parent->phase != PHASE_STOPPING)
		/* It closed its pipe and runs on: not for long. */
		parent_deadline(child->parent, STOP_TIMEOUT);
}

/* Events from the kernel. */

static void
on_link(void *arg, const struct link *link)
{
	struct process *frontend = parent_child(arg, PROC_FRONTEND);

	/*
	 * The frontend first, with its sockets, and at once: the engine sends
	 * frames to the link as soon as it knows it, a thousand questions to
	 * stations after a restart.
	 */
	parent_send(arg, PROC_FRONTEND, IPC_LINK, link, sizeof(*link));
	parent_link(arg, link);
	if (frontend->pipe != NULL)
		pipe_flush(frontend->pipe);
	parent_send(arg, PROC_ENGINE, IPC_LINK, link, sizeof(*link));
}

static void
on_sighting(void *arg, const struct sighting *sighting)
{
	parent_send(arg, PROC_ENGINE, IPC_SIGHTING, sighting,
	    sizeof(*sighting));
}

static void
on_adopt(void *arg, const struct route *route)
{
	parent_send(arg, PROC_ENGINE, IPC_ADOPT, route, sizeof(*route));
}

static void
on_route(void *arg, const struct prefix *prefix)
{
	struct parent *p = arg;

	peersock_route(p->peersock, prefix);
}

static void
on_footprint(void *arg, const struct footprint *now)
{
	const char *state;
	struct parent *p = arg;

	if (memcmp(p->footprint, now, sizeof(*now)) == 0)
		return;
	*p->footprint = *now;
	state = p->conf->global.state;
	if (footprint_write(state, now) == -1)
		log_warn("state %s: the next start will not know what this "
		    "one has set", state);
}

/* Events from the network. */

static void
on_connected(void *arg, const struct ipc_peer *peer, int fd)
{
	struct process *engine = parent_child(arg, PROC_ENGINE);

	if (engine->pipe == NULL)
		close(fd);
	else
		pipe_send(engine->pipe, IPC_PEER_FD, 0, fd, peer,
		    sizeof(*peer));
}

static void
on_connect_failed(void *arg, const struct ipc_peer *peer)
{
	parent_send(arg, PROC_ENGINE, IPC_PEER_FAILED, peer, sizeof(*peer));
}

static void
on_peer_route(void *arg, const struct ipc_peer *peer)
{
	parent_send(arg, PROC_ENGINE, IPC_PEER_ROUTE, peer, sizeof(*peer));
}

static void
on_resolve(void *arg, uint32_t question, const char *host)
{
	struct process *child = parent_child(arg, PROC_RESOLVER);
	struct ipc_resolve msg = { 0 };

	strlcpy(msg.host, host, sizeof(msg.host));
	if (child->pipe != NULL)
		pipe_send(child->pipe, IPC_RESOLVE, question, -1, &msg,
		    sizeof(msg));
}

static void
on_discover(void *arg, const struct ipc_discover *discover, int fd)
{
	struct process *engine = parent_child(arg, PROC_ENGINE);

	if (engine->pipe == NULL)
		close(fd);
	else
		pipe_send(engine->pipe, IPC_DISCOVER_SOCKET, 0, fd, discover,
		    sizeof(*discover));
}

static bool
engine_busy(void *arg)
{
	const struct process *engine = parent_child(arg, PROC_ENGINE);

	return engine->pipe == NULL || pipe_full(engine->pipe);
}
