/* SPDX-License-Identifier: ISC */
/*
 * The kernel, as the parent sees it: links and their addresses, stations on
 * the ports of bridges and at access points, routes.  What is wanted is told
 * once and kept true from then on: lost events, links that go and come, and
 * other people's mistakes are repaired by comparing with what is there.
 *
 * What the engine asks for is checked here; a request that is refused is
 * logged and counted and changes nothing.
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

/* What is pointed to is gone on return. */
struct kernel_ops {
	void	(*link)(void *arg, const struct link *);
	void	(*sighting)(void *arg, const struct sighting *);
	/*
	 * A local route of a former run; mac is zero if nothing is known.
	 * It stays in the kernel until kernel_started.
	 */
	void	(*adopt)(void *arg, const struct route *);
	/* Another's route has appeared, outside the stations' prefixes. */
	void	(*route)(void *arg, const struct prefix *);
	void	 *arg;
	/* What is set now, to be told to the next run; NULL: not needed. */
	void	(*footprint)(void *arg, const struct footprint *);
};

struct kernel_stats {
	uint64_t	refused;	/* requests of the engine */
	uint64_t	failed;		/* the kernel said no */
	uint64_t	repaired;	/* found gone or foreign, put right */
	uint64_t	overflows;	/* lost events (ENOBUFS) */
	uint64_t	routes;		/* wanted */
	uint64_t	routers;
	uint64_t	fdb;		/* stations known behind bridges, */
	uint64_t	radio;		/* at access points, */
	uint64_t	candidates;	/* and there, without keys yet */
	uint64_t	bytes;		/* all of these take, about */
};

/* Opens the sockets.  NULL: failed, and said why. */
struct kernel	*kernel_open(struct event_base *, const struct kernel_ops *);
/* What the last run told, before the first kernel_conf; copied. */
void		 kernel_former(struct kernel *, const struct footprint *);
/*
 * The configuration at start and after each reload; copied.  All callbacks
 * that tell what is there already come before it returns: links, then
 * stations found, then (first time only) routes to adopt.  Said
 * once each: what an operator forgets.  -1: the kernel refused what nothing
 * works without (logged).
 */
int		 kernel_conf(struct kernel *, const struct conf *);

/* Wishes of the engine: 0, or -1 when refused. */
int	kernel_route(struct kernel *, const struct route *);
int	kernel_neigh(struct kernel *, const struct neigh *);
int	kernel_nexthop(struct kernel *, const struct nexthop *);
/* Start is over: what is left of former runs and not wanted goes. */
void	kernel_started(struct kernel *);
/*
 * Forget a station on the port of a bridge, so that its next frame is news;
 * have hostapd drop it from an access point.  -1 when the interface is not
 * ours.
 */
int	kernel_disassociate(struct kernel *, const struct disassociate *);
/* See whether a station is alive: a sighting may follow.  -1 as above. */
int	kernel_inquire(struct kernel *, const struct inquiry *);

/* 1 and a record, 0 at the end.  The cursor starts zeroed. */
int	kernel_show_route(struct kernel *, struct ctl_cursor *,
	    struct ctl_route *);
void	kernel_stats(struct kernel *, struct kernel_stats *);

/*
 * At exit, complete on return.  leave_routes: routes, rules, addresses and
 * MAC addresses stay as they are, so that forwarding goes on.  Else all that
 * we set goes, and what we changed is as it was.
 */
void	kernel_close(struct kernel *, bool leave_routes);
/*
 * In place of kernel_conf, with the configuration of a run that is over: all
 * that it and those before have left goes.  0, or -1 and said why.
 */
int	kernel_remove(struct kernel *, const struct conf *);
#endif
