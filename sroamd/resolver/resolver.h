/* SPDX-License-Identifier: ISC */
/* The resolver: lookups for the parent, each in a process of its own. */
#ifndef SROAMD_RESOLVER_H
#define SROAMD_RESOLVER_H

struct child;
struct resolver;

/* The channel to the parent. */
struct resolver	*resolver_new(struct child *);
void		 resolver_free(struct resolver *);
#endif
