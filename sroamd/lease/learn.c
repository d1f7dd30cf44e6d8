/* SPDX-License-Identifier: ISC */
/* Addresses that no DHCP gave: learn.h. */
#include "common/container_of.h"
#include "common/ratelimit.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/drop.h"
#include "lease/event.h"
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/learn.h"
#include "lease/lease.h"
#include "lease/limit.h"
#include "lease/network.h"
#include "lease/probe.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/tentative.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define SILENCE_MS	1000	/* another that has it has answered */
#define ASK_MS		1000	/* between questions */
#define ASKS		3
#define AGAIN_MS	5000	/* after the first evidence */
#define REFUSED_MS	10000	/* RFC 5227 2.4: DEFEND_INTERVAL */
#define START_MS	120000	/* who comes then may have kept an address */

enum way {
	WAY_NONE,
	WAY_AT_ONCE,
	WAY_PROOF
};

static bool	has_address(struct core *, struct station *, monotime_t);
static enum way	way_of(struct core *, const struct assoc *,
		    const struct prefix *, monotime_t);
static void	keep(struct core *, struct assoc *, struct datum *,
		    monotime_t);
static void	begin(struct core *, struct assoc *, const struct addr *,
		    monotime_t);
static void	refuse(struct core *, struct tentative *,
		    const struct assoc *other, monotime_t);
static void	evidence(struct core *, struct tentative *, bool, monotime_t);
static void	learn(struct core *, struct assoc *, const struct prefix *,
		    monotime_t);
static bool	is_starting(const struct core *, const struct network *,
		    int64_t ms, monotime_t);

static bool
has_address(struct core *core, struct station *s, monotime_t now)
{
	return lease_best(core, s, NULL, LEASE_ADDRESS, now) != NULL;
}

static bool
is_starting(const struct core *core, const struct network *net, int64_t ms,
    monotime_t now)
{
	int64_t	since = monotime_ms(core->start, now);

	return since < ms && since < net->conf.lease_time * 1000LL;
}

/* How an address becomes the station's that is nobody's now. */
static enum way
way_of(struct core *core, const struct assoc *a, const struct prefix *p,
    monotime_t now)
{
	struct station		*s = a->station;
	const struct host	*h = host_at(core, LEASE_ADDRESS, p);
	struct client		 c;

	if (h != NULL)
		return h->conf.client_idlen == 0 &&
		    mac_cmp(&h->conf.mac, &s->mac) == 0 ? WAY_AT_ONCE :
		    WAY_NONE;
	if (conf_is_static(&s->network->conf, &p->addr))
		return WAY_PROOF;
	if (has_address(core, s, now))
		return WAY_NONE;
	client_plain(&c, &s->mac);
	if (lease_is_first(core, s->network, &c, p, share_of(s), now))
		return WAY_AT_ONCE;
	return is_starting(core, s->network, INT64_MAX, now) &&
	    lease_find(core, LEASE_ADDRESS, p) == NULL ? WAY_PROOF : WAY_NONE;
}

void
learn_heard(struct core *core, struct assoc *a, const struct addr *addr,
    bool answered, monotime_t now)
{
	const struct pool	*pool;
	struct tentative	*t = tentative_find(a->iface, addr);
	struct prefix		 p;
	struct datum		*d;

	prefix_host(&p, addr);
	pool = pool_over(core, &p);
	if (pool == NULL || pool->network != a->station->network)
		return;
	d = lease_find(core, LEASE_ADDRESS, &p);
	if (d != NULL && datum_live(d, now)) {
		if (t != NULL)
			tentative_drop(core, t);
		if (d->station == a->station)
			keep(core, a, d, now);
		return;
	}
	if (t != NULL) {
		if (t->assoc != a)
			refuse(core, t, a, now);
		else
			evidence(core, t, answered, now);
		return;
	}
	switch (way_of(core, a, &p, now)) {
	case WAY_AT_ONCE:
		learn(core, a, &p, now);
		break;
	case WAY_PROOF:
		begin(core, a, addr, now);
		break;
	case WAY_NONE:
		break;
	}
}

/* Its word, or an answer when it is asked, extends what no DHCP extends. */
static void
keep(struct core *core, struct assoc *a, struct datum *d, monotime_t now)
{
	uint32_t	 life = network_life(a->station->network,
			    LEASE_ADDRESS);
	struct client	 any;
	struct prefix	 p;

	if (!lease_by_evidence(core, d) || datum_remaining(d, now) > life / 2 ||
	    !lease_prefix(d, &p))
		return;
	client_any(&any, &a->station->mac);
	lease_grant(core, &any, LEASE_ADDRESS, &p, share_of(a->station), life,
	    now);
}

/* Ask all others first. */
static void
begin(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct iface		*i = a->iface;
	struct tentative	*t;
	struct client		 any;
	struct prefix		 p;

	prefix_host(&p, addr);
	client_any(&any, &a->station->mac);
	if (!lease_allowed(core, i->network, &any, LEASE_ADDRESS, &p, now))
		return;
	if (a->ntentatives >= i->network->conf.max_learned ||
	    i->ntentatives >= TENTATIVE_MAX) {
		drop_count(core, i->link.ifindex, CTL_DROP_LEARN_LIMIT);
		return;
	}
	if ((t = tentative_make(core, a, addr, now)) == NULL)
		return;
	assoc_ask_for(core, a, addr, true);
	timer_set(&core->timers, &t->timer, monotime_add(now, SILENCE_MS));
}

/* Two have it: nobody gets it, and both are heard again after a while. */
static void
refuse(struct core *core, struct tentative *t, const struct assoc *other,
    monotime_t now)
{
	struct iface	*i = t->assoc->iface;

	if (t->state == TENTATIVE_REFUSED)
		return;
	t->state = TENTATIVE_REFUSED;
	timer_set(&core->timers, &t->timer, monotime_add(now, REFUSED_MS));
	drop_count(core, i->link.ifindex, CTL_DROP_LEARN_USED);
	if (ratelimit_pass(&core->lease->learn_used, RATELIMIT_LOG, now))
		core_log(core, LEVEL_WARN, "%s: stations %s and %s both use "
		    "%s: neither gets it", i->link.name,
		    mac_text(&t->assoc->station->mac),
		    mac_text(&other->station->mac), addr_text(&t->addr));
}

/* Its own: what counts is an answer, and one later. */
static void
evidence(struct core *core, struct tentative *t, bool answered,
    monotime_t now)
{
	struct assoc	*a = t->assoc;
	struct prefix	 p;
	monotime_t	 again = monotime_add(t->since, AGAIN_MS);

	if (t->state == TENTATIVE_ANSWER && answered) {
		t->state = TENTATIVE_AGAIN;
		t->asks = 0;
		timer_set(&core->timers, &t->timer,
		    monotime_before(now, again) ? again : now);
		return;
	}
	if (t->state != TENTATIVE_AGAIN || monotime_before(now, again))
		return;
	prefix_host(&p, &t->addr);
	tentative_drop(core, t);
	learn(core, a, &p, now);
}

static void
learn(struct core *core, struct assoc *a, const struct prefix *p,
    monotime_t now)
{
	struct station		*s = a->station;
	const struct network	*net = s->network;
	struct client		 any;
	struct datum		*d;

	client_any(&any, &s->mac);
	if (!lease_allowed(core, s->network, &any, LEASE_ADDRESS, p, now))
		return;
	if ((conf_is_static(&net->conf, &p->addr) &&
	    !limit_learned(core, s, now)) ||
	    !limit_addresses(core, s, now) ||
	    !limit_lease(a->iface, a->port, now)) {
		drop_count(core, a->iface->link.ifindex, CTL_DROP_LEARN_LIMIT);
		return;
	}
	if ((d = lease_grant(core, &any, LEASE_ADDRESS, p, share_of(s),
	    net->conf.lease_time, now)) == NULL)
		return;
	event_lease(core, CTL_EVENT_ADDRESS_LEARNED, d, NULL);
	core_log(core, LEVEL_INFO, "%s: station %s has %s, by no DHCP",
	    a->iface->link.name, mac_text(&s->mac), addr_text(&p->addr));
}

void
learn_timer(struct core *core, struct timer *timer, monotime_t now)
{
	struct tentative	*t = container_of(timer, struct tentative,
				    timer);

	if (t->state == TENTATIVE_REFUSED || t->asks == ASKS) {
		tentative_drop(core, t);
		return;
	}
	if (t->state == TENTATIVE_SILENCE)
		t->state = TENTATIVE_ANSWER;
	t->asks++;
	assoc_ask_for(core, t->assoc, &t->addr, false);
	timer_set(&core->timers, &t->timer, monotime_add(now, ASK_MS));
}

/*
 * A host of the configuration; or, soon after a start, the address that its
 * hash leads to.  Its answer is the evidence.
 */
void
learn_ask(struct core *core, struct assoc *a, monotime_t now)
{
	struct station		*s = a->station;
	const struct host	*h = host_find(core, s->network, &s->mac);
	struct client		 c;
	struct prefix		 p;
	struct datum		*d;

	if (addr_is_none(&a->iface->link.gateway4))
		return;
	if (h != NULL && !addr_is_none(&h->conf.addr)) {
		prefix_host(&p, &h->conf.addr);
		d = lease_find(core, LEASE_ADDRESS, &p);
		if (d == NULL || !datum_live(d, now))
			assoc_ask_for(core, a, &p.addr, false);
		return;
	}
	client_plain(&c, &s->mac);
	if (is_starting(core, s->network, START_MS, now) &&
	    !has_address(core, s, now) &&
	    lease_first(core, s->network, &c, share_of(s), &p, now) == 0)
		assoc_ask_for(core, a, &p.addr, false);
}
