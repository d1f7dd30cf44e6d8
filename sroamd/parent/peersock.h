/* SPDX-License-Identifier: ISC */
/*
 * The parent's TCP: it listens and connects for the engine, which gets each
 * socket once it is connected.  It connects to configured peers only.
 */
#ifndef SROAMD_PEERSOCK_H
#define SROAMD_PEERSOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "ipc/ipc.h"

struct event_base;
struct peersock;

struct peersock_ops {
	/* A connected socket, the receiver's to close; number 0: accepted. */
	void	(*connected)(void *arg, const struct ipc_peer *, int fd);
	/* It failed.  Number 0: an inbound connection was refused. */
	void	(*failed)(void *arg, const struct ipc_peer *);
	/* A route has appeared that may lead to this configured peer. */
	void	(*route)(void *arg, const struct ipc_peer *);
	/* Look up the addresses of a name; peersock_resolved has the answer. */
	void	(*resolve)(void *arg, uint32_t question, const char *host);
	/* Whether new connections must wait in the kernel; or NULL. */
	bool	(*busy)(void *arg);
	void	 *arg;
};

/* NULL: no memory. */
struct peersock	*peersock_new(struct event_base *, const struct peersock_ops *);
void		 peersock_free(struct peersock *);

/*
 * A configuration in two phases.  prepare opens the new listening sockets,
 * without accepting: 0, or -1 and why.  Then commit, which cannot fail and
 * closes the sockets that are not configured any more, or abort.
 */
int	peersock_prepare(struct peersock *, const struct conf *, char *why,
	    size_t len);
void	peersock_commit(struct peersock *);
void	peersock_abort(struct peersock *);

/* Another program's route has appeared. */
void		 peersock_route(struct peersock *, const struct prefix *);

/* The engine's request; answered by an operation, at once or later. */
void	peersock_connect(struct peersock *, const struct ipc_peer *);
void	peersock_resolved(struct peersock *, uint32_t question,
	    const struct ipc_resolved *);
#endif
