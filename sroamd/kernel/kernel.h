/* SPDX-License-Identifier: ISC */
/*
 * The kernel, as the parent sees it: links and their addresses, stations on the
 * ports of bridges and at access points, routes.  What the engine wants is set
 * once and kept so: after lost events, when links go and come, and when
 * somebody else changes it, it is compared with the kernel and repaired.
 *
 * Requests of the engine are checked here.  One that is refused is logged and
 * counted, and changes nothing.
 */
#ifndef SROAMD_KERNEL_H
#define SROAMD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ctl.h"
#include "conf/conf.h"
#include "kernel/footprint_file.h"
#include "msg.h"

struct event_base;
struct kernel;

/* Data are gone on return. */
struct kernel_ops {
	void	(*link)(void *arg, const struct link *);
	void	(*sighting)(void *arg, const struct sighting *);
	/*
	 * A local route of a former run; mac is zero if nothing is known.
	 * It stays in the kernel until kernel_started.
	 */
	void	(*adopt)(void *arg, const struct route *);
	/* Somebody else added a route outside the prefixes of stations. */
	void	(*route)(void *arg, const struct prefix *);
	void	 *arg;
	/* What is set now, for the next run; NULL: not needed. */
	void	(*footprint)(void *arg, const struct footprint *);
};

struct kernel_stats {
	uint64_t	refused;	/* requests of the engine */
	uint64_t	failed;		/* refused by the kernel */
	uint64_t	repaired;	/* was missing or wrong */
	uint64_t	overflows;	/* lost events (ENOBUFS) */
	uint64_t	unseen;		/* entries of bridges, over FDB_MAX */
	uint64_t	routes;		/* wanted */
	uint64_t	routers;
	uint64_t	fdb;		/* stations known behind bridges, */
	uint64_t	radio;		/* at access points, */
	uint64_t	candidates;	/* and there, without keys yet */
	uint64_t	bytes;		/* that all of these take, about */
};

/* Opens the sockets.  NULL: failed (logged). */
struct kernel	*kernel_open(struct event_base *, const struct kernel_ops *);
/* The footprint of the last run, before the first kernel_conf; copied. */
void		 kernel_former(struct kernel *, const struct footprint *);
/*
 * The configuration, at start and after each reload; copied.  Callbacks report
 * all that is there before it returns: links, then stations, then (the first
 * time) routes to adopt.  Settings that operators forget are logged once.  -1:
 * the kernel refused something essential (logged).
 */
int		 kernel_conf(struct kernel *, const struct conf *);

/* Requests of the engine: 0, or -1 when refused. */
int	kernel_route(struct kernel *, const struct route *);
int	kernel_neigh(struct kernel *, const struct neigh *);
int	kernel_nexthop(struct kernel *, const struct nexthop *);
/* The start is over: what is left of former runs and not wanted is removed. */
void	kernel_started(struct kernel *);
/*
 * Delete a station from the port of a bridge, so that its next frame is
 * reported; or have hostapd drop it from an access point.  -1: the interface is
 * not ours.
 */
int	kernel_disassociate(struct kernel *, const struct disassociate *);
/*
 * Keep a station at a port of a bridge, or no more: as far as the bridge has it
 * there.  -1 as above.
 */
int	kernel_pin(struct kernel *, const struct pin *);
/* Ask whether a station is there: a sighting may follow. -1 as above. */
int	kernel_inquire(struct kernel *, const struct inquiry *);

/* 1 and a record, 0 at the end.  The cursor starts zeroed. */
int	kernel_show_route(struct kernel *, struct ctl_cursor *,
	    struct ctl_route *);
void	kernel_stats(struct kernel *, struct kernel_stats *);

/*
 * At exit.  leave_routes: routes, rules, addresses and MAC addresses stay, so
 * that forwarding goes on.  Else all that we set is removed and what we changed
 * is restored.  All is done on return.
 */
void	kernel_close(struct kernel *, bool leave_routes);
/*
 * Instead of kernel_conf, with the configuration of a run that has ended:
 * remove all that it and earlier runs have left.  0, or -1 (logged).
 */
int	kernel_remove(struct kernel *, const struct conf *);
#endif
