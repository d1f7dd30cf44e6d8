/* SPDX-License-Identifier: ISC */
/* The addresses of this host, by address, interface and length. */
#ifndef SROAMD_KERNEL_ADDR_H
#define SROAMD_KERNEL_ADDR_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "kernel/nlmsg.h"

struct kernel;

struct kaddr {
	RB_ENTRY(kaddr)		entry;
	struct kernel_addr	a;
	uint64_t		order;		/* in which they appeared */
	bool			seen;
};
RB_HEAD(kaddr_tree, kaddr);

void		 addr_put(struct kernel *, const struct kernel_addr *);
void		 addr_drop(struct kernel *, struct kaddr *);
bool		 addr_is_local(struct kernel *, const struct addr *);
bool		 prefix_has_local(struct kernel *, const struct prefix *);
struct kaddr	*addr_on(struct kernel *, uint32_t ifindex, const struct addr *,
		    uint8_t len);
RB_PROTOTYPE(kaddr_tree, kaddr, entry, kaddr_cmp)
#endif
