/* SPDX-License-Identifier: ISC */
/* Stations behind the ports of bridges, as the bridges learn them. */
#ifndef SROAMD_KERNEL_FDB_H
#define SROAMD_KERNEL_FDB_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct kernel;
struct kiface;
struct pin;

/* A station of an interface of ours, behind a port of a bridge. */
struct kfdb {
	RB_ENTRY(kfdb)	entry;
	uint32_t	iface;		/* the bridge, or above it */
	struct mac	mac;
	uint16_t	vlan;
	uint32_t	port;
	bool		seen;
	bool		fixed;		/* by the operator: never ours */
};
RB_HEAD(kfdb_tree, kfdb);

int	fdb_open(struct kernel *);
void	fdb_close(struct kernel *);
/* Compare with a dump of the bridges; later if there was one just now. */
void	fdb_dump(struct kernel *);
/* A port came or went: dump the bridges. */
void	fdb_port_changed(struct kernel *);
/* What comes from a port goes another way now: report its stations again. */
void	fdb_port_again(struct kernel *, uint32_t port);
/*
 * A station is elsewhere: delete its entry, unless it is static; no sighting
 * follows.
 */
void	fdb_forget(struct kernel *, struct kiface *, const struct mac *);
/* Keep it at a port, or no more: the bridge's own entry is changed. */
void	fdb_pin(struct kernel *, struct kiface *, const struct pin *);
/* At exit: no station is kept any more. */
void	fdb_unpin(struct kernel *);
void	fdb_drop_iface(struct kernel *, uint32_t ifindex);
#endif
