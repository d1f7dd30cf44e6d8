/* SPDX-License-Identifier: ISC */
/*
 * A netlink socket for requests, which are collected and sent 64 at a time.
 * The kernel handles them within sendmsg, so the answers are there when it
 * returns and nothing here waits.  Dumps are read at once, or piece by piece
 * from the loop if they may be long.
 */
#ifndef SROAMD_KERNEL_NETLINK_H
#define SROAMD_KERNEL_NETLINK_H

#include <linux/netlink.h>

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct netlink;
struct nl_msg;

/*
 * The result of a request.  error: 0 or an errno; reply: the answer to a get
 * request, else NULL.  Must not make requests itself.
 */
typedef void	 netlink_done(void *arg, void *obj, int op, int error,
		    struct nlmsghdr *reply);
typedef void	 netlink_each(void *arg, struct nlmsghdr *);

struct netlink	*netlink_open(void *arg, int protocol); /* NETLINK_* */
void		 netlink_close(struct netlink *);
/* Its address, which the events of what it requests carry. */
uint32_t	 netlink_port(const struct netlink *);
/* Takes the message; done may be NULL: errors do not matter. */
void		 netlink_request(struct netlink *, struct nl_msg *,
		    netlink_done *, void *obj, int op);
void		 netlink_flush(struct netlink *);
/* In done: the error text of the kernel, or strerror's. */
const char	*netlink_why(const struct netlink *);

/* Dump all now: 0; -1 and errno, EINTR when it changed meanwhile. */
int		 netlink_dump(struct netlink *, struct nl_msg *,
		    netlink_each *);

/*
 * Dump from the loop, on a socket that is not used otherwise until then.  done
 * is called once, with an error as above.
 */
int		 netlink_walk(struct netlink *, struct event_base *,
		    struct nl_msg *, netlink_each *,
		    void (*done)(void *arg, int error));
#endif
