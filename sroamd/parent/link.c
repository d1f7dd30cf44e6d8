/* SPDX-License-Identifier: ISC */
/*
 * The frontend's packet sockets, and another attempt for those that were lost
 * on the way or could not be opened, when there were too many descriptors.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/nomem.h"
#include "kernel/sock.h"
#include "parent/local.h"

#define AGAIN_S		2

static struct packet_link	*link_get(struct parent *, const char *);
static void			 link_send(struct parent *,
				    struct packet_link *);
static void			 again(evutil_socket_t, short, void *);
static void			 again_soon(struct parent *);

int
parent_links_init(struct parent *p)
{
	TAILQ_INIT(&p->links);
	p->again = evtimer_new(p->base, again, p);
	return p->again != NULL ? 0 : -1;
}

void
parent_links_free(struct parent *p)
{
	struct packet_link *link;

	while ((link = TAILQ_FIRST(&p->links)) != NULL) {
		TAILQ_REMOVE(&p->links, link, entry);
		free(link);
	}
	event_free(p->again);
}

/* The frontend closes its sockets of links that are not configured. */
void
parent_links_conf(struct parent *p)
{
	struct packet_link *link, *next;
	size_t i;

	TAILQ_FOREACH_SAFE(link, &p->links, entry, next) {
		for (i = 0; i < p->conf->nifaces; i++)
			if (strcmp(p->conf->ifaces[i].name, link->name) == 0)
				break;
		if (i < p->conf->nifaces)
			continue;
		TAILQ_REMOVE(&p->links, link, entry);
		free(link);
	}
}

void
parent_link(struct parent *p, const struct link *link)
{
	struct packet_link *known;

	if ((known = link_get(p, link->name)) == NULL)
		return;
	if (!link->up) {
		known->missing = false;
		return;
	}
	if (known->ifindex == link->ifindex && !known->missing)
		return;
	known->ifindex = link->ifindex;
	link_send(p, known);
}

static struct packet_link *
link_get(struct parent *p, const char *name)
{
	struct packet_link *known;

	TAILQ_FOREACH(known, &p->links, entry)
		if (strcmp(known->name, name) == 0)
			return known;
	/* Without memory: the link's next event comes here again. */
	if ((known = calloc(1, sizeof(*known))) == NULL) {
		nomem("an interface");
		return NULL;
	}
	strlcpy(known->name, name, sizeof(known->name));
	TAILQ_INSERT_TAIL(&p->links, known, entry);
	return known;
}

/* All kinds of sockets: each replaces the former one of its kind. */
static void
link_send(struct parent *p, struct packet_link *known)
{
	struct ipc_link_socket what = { .ifindex = known->ifindex };
	struct process *frontend = parent_child(p, PROC_FRONTEND);
	bool was_missing = known->missing;
	int fd;

	known->missing = false;
	if (frontend->pipe == NULL)
		return;
	for (what.kind = 0; what.kind < LINK_SOCKETS; what.kind++) {
		fd = sock_packet_open(what.ifindex, what.kind);
		if (fd == -1) {
			if (!was_missing)
				log_warn("%s: packet socket", known->name);
			known->missing = true;
			again_soon(p);
			return;
		}
		pipe_send(frontend->pipe, IPC_LINK_SOCKET, 0, fd, &what,
		    sizeof(what));
	}
}

void
parent_fd_lost(struct parent *p, const struct ipc_fd_lost *lost)
{
	struct packet_link *known;

	if (lost->type == IPC_DISCOVER_SOCKET) {
		discoversock_lost(p->discoversock, lost->ifindex);
		return;
	}
	TAILQ_FOREACH(known, &p->links, entry)
		if (known->ifindex == lost->ifindex) {
			known->missing = true;
			again_soon(p);
		}
}

static void
again_soon(struct parent *p)
{
	struct timeval tv = { AGAIN_S, 0 };

	if (!evtimer_pending(p->again, NULL) &&
	    evtimer_add(p->again, &tv) == -1)
		nomem("a timer");
}

static void
again(evutil_socket_t fd, short what, void *arg)
{
	struct packet_link *known;
	struct parent *p = arg;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(known, &p->links, entry)
		if (known->missing)
			link_send(p, known);
}
