/* SPDX-License-Identifier: ISC */
/* Nexthop objects of a former run, by id, until the start is over. */
#ifndef SROAMD_KERNEL_LEFTOVER_H
#define SROAMD_KERNEL_LEFTOVER_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "kernel/nlmsg.h"

struct kernel;

struct kleftover {
	RB_ENTRY(kleftover)	entry;
	struct kernel_nh	nh;
	bool			seen;		/* while comparing */
};
RB_HEAD(kleftover_tree, kleftover);

void			 leftover_learn(struct kernel *);	/* at start */
/* start is over */
void			 leftover_remove(struct kernel *);
struct kleftover	*leftover_find(struct kernel *, uint32_t id);
void			 leftover_drop(struct kernel *, struct kleftover *);
void			 leftover_free_all(struct kernel *);
RB_PROTOTYPE(kleftover_tree, kleftover, entry, leftover_cmp)
#endif
