/* SPDX-License-Identifier: ISC */
/*
 * The parent's part in discovery: a multicast socket on each interface of a
 * `peer auto`, whenever an interface of that name exists.
 */
#ifndef SROAMD_DISCOVERSOCK_H
#define SROAMD_DISCOVERSOCK_H

#include "conf/conf.h"
#include "ipc/ipc.h"

struct event_base;
struct discoversock;

struct discoversock_ops {
	/* A socket, the receiver's to close; it replaces the former one. */
	void	(*ready)(void *arg, const struct ipc_discover *, int fd);
	void	 *arg;
};

/* NULL: no memory. */
struct discoversock	*discoversock_new(struct event_base *,
			    const struct discoversock_ops *);
void			 discoversock_free(struct discoversock *);
/* In force from now on. */
void			 discoversock_conf(struct discoversock *,
			    const struct conf *);
/* The engine did not get the socket of this link: send it again, later. */
void			 discoversock_lost(struct discoversock *,
			    uint32_t ifindex);
#endif
