/* SPDX-License-Identifier: ISC */
/*
 * The interfaces with stations, as the frontend knows them: each has packet
 * sockets, whose frames become messages to the engine, and by which the
 * engine's answers are sent as frames.
 */
#ifndef SROAMD_FRONTEND_LINK_H
#define SROAMD_FRONTEND_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ctl.h"
#include "conf/conf.h"
#include "ipc/ipc.h"
#include "msg.h"

struct event_base;
struct links;

struct links_ops {
	/*
	 * Of a station: IPC_DHCP, IPC_DHCP6, IPC_SOLICIT, IPC_HEARD or
	 * IPC_ARP_ASK.
	 */
	void	(*message)(void *arg, uint32_t type, const void *, size_t);
	/* Whether the receiver is behind, and frames must wait. */
	bool	(*busy)(void *arg);
	void	 *arg;
};

/* NULL: no memory.  The seed is for a hash, and should be unpredictable. */
struct links	*links_new(struct event_base *, const struct links_ops *,
		    uint32_t seed);
void		 links_free(struct links *);
/* The receiver is not behind any more. */
void		 links_resume(struct links *);

/*
 * From the parent, in any order; links no longer configured are closed.  The
 * configuration must be valid until the next one comes.
 */
void	links_conf(struct links *, const struct conf *);
void	links_update(struct links *, const struct link *);
/* 0, or -1: no memory; the descriptor was closed. */
int	links_socket(struct links *, const struct ipc_link_socket *, int fd);

/* From the engine; messages for a link that was removed are lost. */
void	links_dhcp_reply(struct links *, const struct dhcp_reply *);
void	links_dhcp6_reply(struct links *, const struct dhcp6_reply *);
void	links_advert(struct links *, const struct advert *);
void	links_announce(struct links *, const struct announce *);
void	links_probe(struct links *, const struct probe *);
void	links_arp_reply(struct links *, const struct arp_ask *);

uint64_t	links_lost(const struct links *);	/* such messages */

/* Counters and state by name; one without a link has no ifindex. */
/* What the engine dropped of an interface, in total; shown with our own. */
void	links_drops(struct links *, const struct ipc_drops *);
void	links_show(const struct links *, const char *name,
	    struct ctl_interface *);
size_t	links_count(const struct links *);
#endif
