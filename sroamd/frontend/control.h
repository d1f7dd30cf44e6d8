/* SPDX-License-Identifier: ISC */
/*
 * The control socket: clients (sroamctl) send one request at a time, which is
 * passed to the process or processes that can answer it, and their records go
 * back to the client.  A client can do no harm but to its own connection.
 */
#ifndef SROAMD_CONTROL_H
#define SROAMD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/ipc.h"

#define CONTROL_CLIENTS		32
#define CONTROL_QUEUE_MAX	(16U * 1024 * 1024)	/* octets per client */
#define CONTROL_LISTENERS	8
#define LISTENER_QUEUE_MAX	(1024U * 1024)	/* then it loses events */

struct control;
struct event_base;

struct control_ops {
	/*
	 * Pass a request to its owner, whose answers come to control_answer
	 * with the client's number.  0, or -1 when that process is not
	 * connected yet.
	 */
	int	(*forward)(void *arg, enum proc_id to, uint32_t client,
		    const struct ipc_ctl *);
	/* Answer a request ourselves, with any number of control_record. */
	void	(*answer)(void *arg, uint32_t client,
		    const struct ctl_request *, uint32_t type);
	/* More of a listing, or no more (0): see LISTING_WINDOW. */
	void	(*more)(void *arg, enum proc_id to, uint32_t client,
		    uint32_t records);
	/* Whether anybody listens to events. */
	void	(*listen)(void *arg, bool);
	/* Whether there is a network with this name. */
	bool	(*named)(void *arg, const char *network);
	void	 *arg;
};

/* NULL: no memory. */
struct control	*control_new(struct event_base *, const struct control_ops *);
void		 control_free(struct control *);	/* closes all */
/* Serve the clients of a listening socket, in place of a former one. */
void		 control_listen(struct control *, int fd);
/* A CTL_* answer; one for a client that has left is dropped. */
void		 control_answer(struct control *, enum proc_id from,
		    const struct imsg *);
/* Something happened: for all clients that listen. */
void		 control_event(struct control *, const struct ctl_event *);
/* One CTL_* record of our own to a client. */
void		 control_record(struct control *, uint32_t client,
		    uint32_t type, const void *, size_t);
/* What a request is called, as in sroamctl(8); NULL: it is none. */
const char	*control_request_name(uint32_t type);
#endif
