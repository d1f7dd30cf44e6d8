/* SPDX-License-Identifier: ISC */
/*
 * The resolver: names to addresses, as the system is configured.  Answers come
 * from unknown servers, and modules of the C library parse them, so this is a
 * process without privileges.  getaddrinfo(3) blocks, so each lookup has a
 * process of its own, which may take as long as it needs.
 */
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ipc/dispatch.h"
#include "proc/child.h"
#include "resolver/resolver.h"

#define LOOKUPS_MAX	16		/* at a time */
#define ANSWER_S	20		/* then a lookup has failed */

struct lookup {
	TAILQ_ENTRY(lookup)	 entry;
	struct resolver		*resolver;
	struct event		*event;
	uint32_t		 id;
	int			 fd;
};

struct resolver {
	struct event_base	*base;
	struct pipe		*parent;
	struct event		*child;
	unsigned int		 nlookups;
	TAILQ_HEAD(, lookup)	 lookups;
};

static void	message(void *, const struct imsg *);
static ipc_handler on_resolve, on_shutdown;
static void	reap(evutil_socket_t, short, void *);
static void	ask(struct resolver *, uint32_t, const char *);
static void	look_up(const char *, int) __attribute__((noreturn));
static void	collect(struct ipc_resolved *, const struct addrinfo *);
static void	answered(evutil_socket_t, short, void *);
static void	answer(struct resolver *, uint32_t,
		    const struct ipc_resolved *);
static void	fail(struct resolver *, uint32_t, int eai);

static ipc_handler *const messages[IPC_MAX] = {
	[IPC_RESOLVE] = on_resolve,
	[IPC_SHUTDOWN] = on_shutdown
};

struct resolver *
resolver_new(struct child *child)
{
	struct resolver *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("resolver");
	r->base = child->base;
	TAILQ_INIT(&r->lookups);
	r->child = evsignal_new(r->base, SIGCHLD, reap, r);
	if (r->child == NULL || event_add(r->child, NULL) == -1)
		fatalx("resolver: out of memory");
	r->parent = child_connect(child, message, r);
	return r;
}

void
resolver_free(struct resolver *r)
{
	struct lookup *l;

	while ((l = TAILQ_FIRST(&r->lookups)) != NULL) {
		TAILQ_REMOVE(&r->lookups, l, entry);
		event_free(l->event);
		close(l->fd);
		free(l);
	}
	event_free(r->child);
	free(r);
}

static void
message(void *arg, const struct imsg *imsg)
{
	ipc_dispatch(messages, true, arg, imsg, PROC_PARENT);
}

static void
on_resolve(void *arg, const struct imsg *imsg)
{
	const struct ipc_resolve *msg = imsg->data;

	ask(arg, imsg->id, msg->host);
}

static void
on_shutdown(void *arg, const struct imsg *imsg)
{
	struct resolver *r = arg;

	(void)imsg;
	event_base_loopbreak(r->base);
}

static void
reap(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	(void)arg;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

static void
ask(struct resolver *r, uint32_t id, const char *host)
{
	struct lookup *l;
	int fds[2];
	pid_t pid;

	if (r->nlookups == LOOKUPS_MAX ||
	    pipe2(fds, O_CLOEXEC) == -1) {
		fail(r, id, EAI_AGAIN);
		return;
	}
	pid = fork();
	if (pid == 0)
		look_up(host, fds[1]);
	close(fds[1]);
	l = pid == -1 ? NULL : calloc(1, sizeof(*l));
	if (l == NULL || (l->event = event_new(r->base, fds[0], EV_READ,
	    answered, l)) == NULL) {
		free(l);
		close(fds[0]);
		fail(r, id, EAI_AGAIN);
		return;
	}
	l->resolver = r;
	l->id = id;
	l->fd = fds[0];
	event_add(l->event, NULL);
	TAILQ_INSERT_TAIL(&r->lookups, l, entry);
	r->nlookups++;
}

/* In its own process; an answer is smaller than PIPE_BUF. */
static void
look_up(const char *host, int fd)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct ipc_resolved msg = { 0 };
	struct addrinfo *list;
	int error;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		_exit(1);
	close(CHILD_FD);
	alarm(ANSWER_S);
	error = getaddrinfo(host, NULL, &hints, &list);
	if (error == 0)
		collect(&msg, list);
	if (error == 0 && msg.naddrs == 0)
		error = EAI_NONAME;
	if (error != 0)
		msg.error = IPC_EAI(error);
	_exit(write(fd, &msg, sizeof(msg)) == sizeof(msg) ? 0 : 1);
}

/* Unicast ones only; addresses with a scope are found by `peer auto`. */
static void
collect(struct ipc_resolved *msg, const struct addrinfo *list)
{
	const struct addrinfo *ai;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	struct addr addr;

	for (ai = list; ai != NULL && msg->naddrs < RESOLVE_ADDRS;
	    ai = ai->ai_next) {
		if (ai->ai_family == AF_INET) {
			memcpy(&in, ai->ai_addr, sizeof(in));
			addr_from_v4(&addr, (const uint8_t *)&in.sin_addr);
		} else if (ai->ai_family == AF_INET6) {
			memcpy(&in6, ai->ai_addr, sizeof(in6));
			memcpy(addr.octet, &in6.sin6_addr, sizeof(addr.octet));
		} else
			continue;
		if (addr_is_none(&addr) || addr_is_multicast(&addr) ||
		    addr_is_linklocal(&addr))
			continue;
		msg->addrs[msg->naddrs++] = addr;
	}
}

static void
answered(evutil_socket_t fd, short what, void *arg)
{
	struct lookup *l = arg;
	struct resolver *r = l->resolver;
	struct ipc_resolved msg;

	(void)what;
	if (read(fd, &msg, sizeof(msg)) == sizeof(msg))
		answer(r, l->id, &msg);
	else
		fail(r, l->id, EAI_AGAIN);	/* it took too long */
	TAILQ_REMOVE(&r->lookups, l, entry);
	r->nlookups--;
	event_free(l->event);
	close(l->fd);
	free(l);
}

static void
answer(struct resolver *r, uint32_t id, const struct ipc_resolved *msg)
{
	pipe_send(r->parent, IPC_RESOLVED, id, -1, msg, sizeof(*msg));
}

static void
fail(struct resolver *r, uint32_t id, int eai)
{
	struct ipc_resolved msg = { .error = IPC_EAI(eai) };

	answer(r, id, &msg);
}
