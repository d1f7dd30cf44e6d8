/* SPDX-License-Identifier: ISC */
/* The core as an object: start and end, timers, and configuration. */
#include <stdlib.h>
#include <string.h>

#include "common/container_of.h"
#include "conf/alike.h"
#include "core/core.h"
#include "core/kinds.h"
#include "lease/admit.h"
#include "lease/advert.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/drop.h"
#include "lease/host.h"
#include "lease/learn.h"
#include "lease/lease.h"
#include "lease/neigh.h"
#include "lease/network.h"
#include "lease/offer.h"
#include "lease/past.h"
#include "lease/reserve.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_intake.h"
#include "lease/router_self.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/asking.h"
#include "roam/assoc.h"
#include "roam/contest.h"
#include "roam/link.h"
#include "roam/location.h"
#include "roam/presence.h"
#include "roam/seek.h"
#include "roam/state.h"
#include "table/compare.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/key.h"
#include "table/pace.h"
#include "table/state.h"
#include "table/table.h"

#define STARTUP_ALONE_MS	1000	/* no peers are configured */
#define STARTUP_MS	15000	/* no peer answers so long */

/* Memory that a configuration needs, and may not get. */
struct staged {
	struct conf_iface	*ifaces;
	struct networks		 networks;
	struct hosts		 hosts;
	struct conf		 admission;	/* its lists of routers */
};

/* A core with the parts of all rooms. */
struct whole {
	struct core		 core;
	struct lease_state	 lease;
	struct roam_state	 roam;
	struct staged		*staged;	/* by core_prepare, or NULL */
};

static struct whole	*whole_of(struct core *);
static struct core	*alloc(void);
static void		 conf_copy(struct core *, const struct conf *,
			    struct networks *gone);
static void		 memory_expire(struct core *, monotime_t);
static void		 startup_over(struct core *, monotime_t);
static void		 withdraw(struct core *, monotime_t);
static void		 admit_again(struct core *, monotime_t);

static struct whole *
whole_of(struct core *core)
{
	return container_of(core, struct whole, core);
}

int
core_prepare(struct core *core, const struct conf *conf)
{
	struct staged	*st;

	core_abort(core);
	st = whole_of(core)->staged = calloc(1, sizeof(*st));
	if (st == NULL)
		goto fail;
	if (conf->nifaces > 0 && (st->ifaces = calloc(conf->nifaces,
	    sizeof(*st->ifaces))) == NULL)
		goto fail;
	if (ifaces_provide(core, conf->nifaces) == -1 ||
	    networks_make(core, conf, &st->networks) == -1 ||
	    hosts_make(&st->hosts, conf) == -1 ||
	    admission_make(&st->admission, conf) == -1)
		goto fail;
	return 0;

 fail:
	core_abort(core);
	core_no_memory(core, "a configuration");
	return -1;
}

void
core_abort(struct core *core)
{
	struct whole	*w = whole_of(core);

	if (w->staged == NULL)
		return;
	networks_discard(core, &w->staged->networks);
	hosts_free(&w->staged->hosts);
	admission_free(&w->staged->admission);
	free(w->staged->ifaces);
	free(w->staged);
	w->staged = NULL;
	ifaces_trim(core, core->lease->nconf_ifaces);
}

/* What was prepared takes effect; networks that are gone are returned. */
static void
conf_copy(struct core *core, const struct conf *conf, struct networks *gone)
{
	struct staged	*st = whole_of(core)->staged;

	if (conf->nifaces > 0)
		memcpy(st->ifaces, conf->ifaces,
		    conf->nifaces * sizeof(*st->ifaces));
	free(core->lease->conf_ifaces);
	core->lease->conf_ifaces = st->ifaces;
	st->ifaces = NULL;
	core->lease->nconf_ifaces = conf->nifaces;
	core->nconf_peers = conf->npeers;
	networks_replace(core, &st->networks, conf);
	*gone = st->networks;
	memset(&st->networks, 0, sizeof(st->networks));
	hosts_replace(core, &st->hosts);
	admission_replace(core, &st->admission);
	conf_alike(conf, core->lease->alike);
	core_abort(core);
	core->conf = conf->global;
}

static struct core *
alloc(void)
{
	struct whole	*w;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return NULL;
	w->core.lease = &w->lease;
	w->core.roam = &w->roam;
	TAILQ_INIT(&w->lease.missing);
	TAILQ_INIT(&w->lease.contests);
	return &w->core;
}

struct core *
core_new(const struct core_ops *ops, const struct core_self *self,
    const struct conf *conf, monotime_t now)
{
	struct networks	 gone;		/* none */
	struct core	*core;

	if ((core = alloc()) == NULL)
		return NULL;
	core->ops = *ops;
	core->self = self->id;
	core->key = self->key;
	core->run = self->run;
	core->start = now;
	core_kinds(core);
	offers_init(core);
	TAILQ_INIT(&core->lease->past_order);
	timer_init(&core->startup, TIMER_STARTUP);
	timer_init(&core->roam->seek, TIMER_SEEK);
	if (table_init(core) == -1 || core_prepare(core, conf) == -1 ||
	    digest_init(core) == -1 || timerq_reserve(&core->timers, 2) == -1) {
		core_free(core);
		return NULL;
	}
	conf_copy(core, conf, &gone);
	(void)timer_set(&core->timers, &core->startup, monotime_add(now,
	    core->nconf_peers > 0 ? STARTUP_MS : STARTUP_ALONE_MS));
	core_reserve(core);
	if (router_intake_init(core) == -1 ||
	    router_self_init(core, now) == -1) {
		core_free(core);
		return NULL;
	}
	return core;
}

void
core_free(struct core *core)
{
	int	kind;

	if (core == NULL)
		return;
	core_abort(core);
	peers_free(core);
	offers_free(core);
	stations_free(core);
	ifaces_free(core);
	routers_free(core);
	past_free(core);
	admission_free(&core->lease->admission);
	table_free(core);
	digest_free(core);
	reserved_free(core);
	timerq_free(&core->timers);
	for (kind = 0; kind < LEASE_KINDS; kind++)
		timerq_free(&core->memory[kind]);
	hosts_free(&core->lease->hosts);
	networks_free(&core->lease->networks);
	drops_free(core);
	free(core->lease->conf_ifaces);
	free(whole_of(core));
}

monotime_t
core_due(const struct core *core)
{
	monotime_t	due = timerq_due(&core->timers);
	int		kind;

	for (kind = 0; kind < LEASE_KINDS; kind++)
		due = monotime_min(due, timerq_due(&core->memory[kind]));
	return due;
}

static void
memory_expire(struct core *core, monotime_t now)
{
	struct timer	*t;
	int		 kind;

	for (kind = 0; kind < LEASE_KINDS; kind++)
		while ((t = timerq_expire(&core->memory[kind], now)) != NULL)
			datum_timer(core, container_of(t, struct datum, timer),
			    now);
}

static void
startup_over(struct core *core, monotime_t now)
{
	core->started = true;
	stations_started(core, now);
	advert_all(core, now);		/* to those without a prefix, too */
	core_effect(core, EFFECT_STARTED, NULL, 0);
	seek_all(core, now);
}

/* Another router goes on as this one: said each minute. */
static void
withdraw(struct core *core, monotime_t now)
{
	if (!core->clone)
		ifaces_withdraw(core, now);
	router_self_withdrawn(core, now);
}

void
core_tick(struct core *core, monotime_t now)
{
	struct timer	*t;

	if (core->lease->reserve_short)
		core_reserve(core);
	table_make_room(core, now);
	while ((t = timerq_expire(&core->timers, now)) != NULL) {
		switch (t->kind) {
		case TIMER_DATUM:
			datum_timer(core, container_of(t, struct datum, timer),
			    now);
			break;
		case TIMER_OFFER:
			offer_timer(core, t);
			break;
		case TIMER_ASK:
			asking_timer(core, t, now);
			break;
		case TIMER_CONTEST:
			contest_timer(core, t, now);
			break;
		case TIMER_LEARN:
			learn_timer(core, t, now);
			break;
		case TIMER_SEEK:
			seek_timer(core, now);
			break;
		case TIMER_STARTUP:
			startup_over(core, now);
			break;
		case TIMER_HELD:
			pace_timer(core, t, now);
			break;
		case TIMER_ROUND:
			digest_timer(core, t, now);
			break;
		case TIMER_SELF:
			router_self_timer(core, now);
			break;
		case TIMER_WITHDRAW:
			withdraw(core, now);
			break;
		case TIMER_VERIFY:
			router_intake_timer(core, now);
			break;
		default:
			assoc_timer(core, t, now);
			break;
		}
	}
	memory_expire(core, now);
}

/* What is held of routers that are not admitted any more goes at once. */
static void
admit_again(struct core *core, monotime_t now)
{
	struct router	*r, *next;
	bool		 known;
	uint32_t	 n;

	RB_FOREACH_SAFE(r, router_tree, &core->lease->routers, next) {
		if (router_refused(core, &r->info.id) == NULL)
			continue;
		known = r->datum != NULL;
		for (n = r->nstations; n > 0; n--)
			location_forget(core, LIST_FIRST(&r->stations), now);
		if (known)
			router_end(core, r, now);
	}
}

/* Another configuration: what is still right under it stays as it is. */
void
core_conf(struct core *core, const struct conf *conf, monotime_t now)
{
	struct networks	gone;

	if (whole_of(core)->staged == NULL && core_prepare(core, conf) == -1)
		return;
	ifaces_leave(core, &whole_of(core)->staged->networks, now);
	conf_copy(core, conf, &gone);
	table_rescope(core, now);
	networks_free(&gone);
	ifaces_trim(core, core->lease->nconf_ifaces);
	core_reserve(core);
	core->lease->retired = false;
	lease_recount(core);
	admit_again(core, now);
	stations_bar(core, now);
	router_announce(core, now);
	routers_refresh(core);
	routes_refresh(core, now);
	advert_all(core, now);
}

/*
 * A route of a former run: it shows a lease, its station and where that is.
 * What peers know of the lease is newer and will win, by seqno or lifetime.
 */
void
core_adopt(struct core *core, const struct route *route, monotime_t now)
{
	const struct pool	*pool;
	struct prefix		 p = route->prefix;
	struct client		 c;
	struct datum		*d;
	enum lease_kind		 kind;

	if (route->kind != ROUTE_LOCAL || !mac_is_station(&route->mac) ||
	    station_barred(core, route->ifindex, &route->mac) ||
	    (pool = pool_over(core, &p)) == NULL)
		return;
	kind = pool->kind;
	client_any(&c, &route->mac);
	if ((d = lease_find(core, kind, &p)) == NULL) {
		if (!lease_allowed(core, pool->network, &c, kind, &p, now))
			return;
		lease_grant(core, &c, kind, &p, SHARE_NONE,
		    network_life(pool->network, kind), now);
	} else if (!datum_live(d, now) ||
	    mac_cmp(lease_mac(d), &route->mac) != 0)
		return;
	if (addr_is_linklocal(&route->gateway))
		neigh_adopt(core, pool->network, &route->mac,
		    &route->gateway, now);
	assoc_adopt(core, &route->mac, route->ifindex, now);
}
