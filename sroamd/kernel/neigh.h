/* SPDX-License-Identifier: ISC */
/*
 * Neighbour entries of the IPv6 addresses that stations have here, by interface
 * and address.
 */
#ifndef SROAMD_KERNEL_NEIGH_H
#define SROAMD_KERNEL_NEIGH_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct conf_prefixes;
struct kernel;
struct kernel_neigh;
struct kiface;

struct kneigh {
	RB_ENTRY(kneigh)	entry;
	uint32_t		ifindex;
	struct addr		addr;
	struct mac		mac;
	bool			seen;
	/* an event says that it is not as it was set; on the list */
	bool			doubted;
	bool			stands;		/* after all */
	bool			replaced;
	TAILQ_ENTRY(kneigh)	doubts;
	/* not wanted any more, and removed then; on the list */
	bool			leaving;
	monotime_t		due;
	TAILQ_ENTRY(kneigh)	leavings;
	/* the walk during which it changed */
	uint32_t		touched;
};
RB_HEAD(kneigh_tree, kneigh);
TAILQ_HEAD(kneigh_list, kneigh);

void	neigh_conf(struct kernel *, const struct conf_prefixes *old);
void	neigh_iface_set(struct kernel *, struct kiface *);
void	neigh_iface_drop(struct kernel *, uint32_t ifindex);
/* A walk: begin, each entry (of IPv4, too), end. */
void	neigh_walk(struct kernel *);
void	neigh_found(struct kernel *, const struct kernel_neigh *);
void	neigh_walked(struct kernel *);
/* An event of an entry, of IPv4, too: is it there? */
void	neigh_event(struct kernel *, const struct kernel_neigh *, bool there);
/* Remove those that are due. */
void	neigh_expire(struct kernel *);
/* Put back those of IPv6 that are in doubt. */
void	neigh_mend(struct kernel *);
/* Whether the entry is as we set it for a station with this MAC address. */
bool	neigh_stands(const struct kernel_neigh *, const struct mac *);
void	neigh_remove_all(struct kernel *);
void	neigh_free_all(struct kernel *);
#endif
