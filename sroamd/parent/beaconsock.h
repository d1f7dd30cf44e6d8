/* SPDX-License-Identifier: ISC */
/*
 * The parent's part in finding neighbours: a multicast socket on each
 * interface of a `peer auto`, whenever there is one of that name.
 */
#ifndef SROAMD_BEACONSOCK_H
#define SROAMD_BEACONSOCK_H

#include "conf/conf.h"
#include "ipc/ipc.h"

struct event_base;
struct beaconsock;

struct beaconsock_ops {
	/* A socket, the receiver's to close; it replaces the one before. */
	void	(*ready)(void *arg, const struct ipc_beacon *, int fd);
	void	 *arg;
};

/* NULL: no memory. */
struct beaconsock	*beaconsock_new(struct event_base *,
			    const struct beaconsock_ops *);
void			 beaconsock_free(struct beaconsock *);
/* In force from now on. */
void			 beaconsock_conf(struct beaconsock *,
			    const struct conf *);
/* The engine has not got the socket there: it is sent again, later. */
void			 beaconsock_lost(struct beaconsock *, uint32_t ifindex);
#endif
