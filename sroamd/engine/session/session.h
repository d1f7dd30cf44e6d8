/* SPDX-License-Identifier: ISC */
/*
 * Sessions with other routers: sockets that the parent connected or accepted,
 * the protocol's framing on them, and when to connect again.  The core handles
 * the contents of updates.
 */
#ifndef SROAMD_SESSION_H
#define SROAMD_SESSION_H

#include "common/router_key.h"
#include "core/core.h"
#include "ipc/ipc.h"

struct event_base;
struct sessions;

struct sessions_stats {
	uint64_t	hellos_in;	/* hellos of neighbours */
	uint64_t	hellos_bad;	/* not ours, or of another key */
	uint64_t	hellos_old;	/* replayed: old time stamps */
};

struct sessions_ops {
	/* Ask for a connection to a configured peer. */
	void	(*connect)(void *arg, const struct ipc_peer *);
	/* The core got an event: its effects may have set timers. */
	void	(*touched)(void *arg);
	/* Ask for a signature, for sessions_signed. */
	void	(*sign)(void *arg, const struct ipc_sign_session *);
	/* A session is up, or not any more. */
	void	(*changed)(void *arg, const struct ctl_event *);
	void	 *arg;
};

/* NULL: no memory. */
struct sessions	*sessions_new(struct event_base *, struct core *,
		    const struct core_self *, const struct sessions_ops *);
void		 sessions_free(struct sessions *);	/* closes all */

/*
 * A configuration in two steps: the first does what can fail: 0, or -1: no
 * memory.  Peers that stay configured keep their sessions.
 */
int	sessions_prepare(struct sessions *, const struct conf *, char *why,
	    size_t len);
void	sessions_abort(struct sessions *);
void	sessions_conf(struct sessions *, const struct conf *);
/* From the parent: takes over the descriptor, or IMSG_FD_LOST. */
void	sessions_connected(struct sessions *, const struct ipc_peer *, int fd);
void	sessions_failed(struct sessions *, const struct ipc_peer *);
/* The signer's answer. */
void	sessions_signed(struct sessions *, const struct ipc_signed_session *);
/* There may be a route to the peer now: connect without waiting longer. */
/* The core has refused an update of this session. */
void	sessions_refused(struct sessions *, uint32_t id, const char *why);
void	sessions_route(struct sessions *, const struct ipc_peer *);

/* A socket for hellos of neighbours: takes over the descriptor. */
void	sessions_discover(struct sessions *, const struct ipc_discover *,
	    int fd);

/* The core has updates for the session; sessions_flush sends them. */
void	sessions_wake(struct sessions *, uint32_t id);
void	sessions_flush(struct sessions *);

/* 1 and a record, 0 at the end; the cursor starts zeroed. */
int	sessions_show(struct sessions *, struct ctl_cursor *,
	    struct ctl_peer *);
/* Add the sessions' counters. */
void	sessions_status(struct sessions *, struct ctl_status *);
void	sessions_router(struct sessions *, struct ctl_router *);
/* The counters of connections that never became a session. */
void	sessions_show_status(const struct sessions *, struct ctl_status *);
#endif
