/* SPDX-License-Identifier: ISC */
/*
 * Networks are kept apart by routing.  What arrives at an interface with
 * stations is looked up first in a table of the interface's network, which has
 * only what may not be reached from there; what is not found in it goes on to
 * our table and the others.
 *
 *	rule 999 iif IFACE lookup 4401		in front of ours, 1000
 *	table 4401	prohibit 192.168.44.0/24	another network
 *			prohibit 172.16.0.0/12		as configured
 *			throw 172.16.45.0/24		but this is its own
 *
 * The rules are by name: they outlive the interface, and the daemon.  Packets
 * of this router itself come from no interface.
 */
#ifndef SROAMD_KERNEL_ISOLATE_H
#define SROAMD_KERNEL_ISOLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "conf/conf.h"

struct kernel;
struct kernel_rt;
struct kernel_rule;
struct kisolate_route;
struct kisolate_rule;

/* What is wanted, in order. */
struct kisolate {
	struct kisolate_route	*routes;
	size_t			 nroutes;
	struct kisolate_rule	*rules;
	size_t			 nrules;
	bool			 tables[CONF_NETWORKS];	/* that have any */
	bool			 doubt;		/* an event contradicts */
	monotime_t		 next;		/* comparison, not before */
	int			 removing;	/* enum removal */
	bool			 mending;	/* others may have done it */
	unsigned int		 unwanted;	/* seen, and those of them */
	unsigned int		 openings;	/* that let packets through */
	bool			 failed;
};

/*
 * Before any station of the configuration is served: set what is missing, then
 * remove what this or a former run had.  0, or -1: the kernel refused (logged).
 */
int	isolate_conf(struct kernel *, const struct conf *);
/* Compare with the kernel, and put right what differs. */
void	isolate_check(struct kernel *);
/* The same, if something is in doubt. */
void	isolate_mend(struct kernel *);
/*
 * Something may be missing: mend it at once.  Other repairs are paced when
 * another program undoes them again and again, by most of a second; for so long
 * these networks may not be open.
 */
void	isolate_doubt(struct kernel *);
/* A route was added or removed, not by us; whether that is of our tables. */
bool	isolate_event(struct kernel *, const struct kernel_rt *);
bool	isolate_has_rule(const struct kernel *, const struct kernel_rule *);
/* All of ours, also of former runs. */
void	isolate_remove(struct kernel *);
void	isolate_free(struct kernel *);
#endif
