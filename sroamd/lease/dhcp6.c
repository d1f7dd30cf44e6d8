/* SPDX-License-Identifier: ISC */
/*
 * DHCPv6 (RFC 8415): information, and delegated prefixes (RFC 9663).  These
 * come from their own pools or, if there are none, the prefix of the station is
 * delegated to it.  All routers act as one server with one DUID and know all
 * leases, so that no bindings are kept: any router knows what a client has,
 * whatever the client says.
 */
#include <sha2.h>
#include <string.h>

#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/door.h"
#include "lease/drop.h"
#include "lease/former.h"
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/limit.h"
#include "lease/neigh.h"
#include "lease/network.h"
#include "lease/offer.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define ASK_MS		200	/* a station is answered once in this time, */
#define ASK_BURST	10	/* but may save up some answers */
#define DUID_UUID	4	/* RFC 6355 */
#define DUID_LEN	18

static void			 server_id(const struct core *,
				    uint8_t[DUID_LEN]);
static bool			 is_for_us(const struct core *,
				    const struct dhcp6_request *);
static bool			 answer(struct core *, struct station *,
				    struct dhcp6_reply *, monotime_t);
static void			 delegate(struct core *, struct station *,
				    struct dhcp6_reply *, monotime_t);
static bool			 has_pools(const struct conf_network *);
static const struct addr	*pool_wished(const struct conf_network *,
				    uint8_t len);
static bool			 choose(struct core *, struct station *,
				    const struct dhcp6_reply *,
				    const struct dhcp6_ia *, struct prefix *,
				    monotime_t);
static bool			 offer(struct core *, struct assoc *,
				    const struct prefix *, monotime_t);
static bool			 lease(struct core *, struct assoc *,
				    const struct prefix *, monotime_t);
static void			 release(struct core *,
				    const struct dhcp6_request *, monotime_t);
static bool			 confirm(struct core *, struct station *,
				    struct dhcp6_reply *, monotime_t);
static bool			 may_ask(struct assoc *, monotime_t);
static void			 drop(struct core *,
				    const struct dhcp6_request *,
				    enum ctl_drop);

/* The same on all routers of a network, whatever their hardware. */
static void
server_id(const struct core *core, uint8_t duid[DUID_LEN])
{
	static const char	name[] = "DHCPv6 server";
	SHA2_CTX		ctx;
	uint8_t			digest[SHA256_DIGEST_LENGTH];

	SHA256Init(&ctx);
	SHA256Update(&ctx, core->conf.network_key,
	    sizeof(core->conf.network_key));
	SHA256Update(&ctx, (const uint8_t *)name, sizeof(name));
	SHA256Final(digest, &ctx);
	duid[0] = 0;
	duid[1] = DUID_UUID;
	memcpy(duid + 2, digest, DUID_LEN - 2);
}

/* RFC 8415 16: which identifiers must be there, and which must not. */
static bool
is_for_us(const struct core *core, const struct dhcp6_request *req)
{
	uint8_t	duid[DUID_LEN];
	bool	ours;

	server_id(core, duid);
	ours = req->server_idlen == sizeof(duid) &&
	    memcmp(req->server_id, duid, sizeof(duid)) == 0;
	switch (req->type) {
	case DHCP6_SOLICIT:
	case DHCP6_CONFIRM:
	case DHCP6_REBIND:
		return req->client_idlen > 0 && req->server_idlen == 0;
	case DHCP6_REQUEST:
	case DHCP6_RENEW:
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
		return req->client_idlen > 0 && ours;
	case DHCP6_INFORMATION_REQUEST:
		return req->nias == 0 && (req->server_idlen == 0 || ours);
	default:
		return false;
	}
}

static bool
may_ask(struct assoc *a, monotime_t now)
{
	if (monotime_ms(a->dhcp6, now) > ASK_BURST * ASK_MS)
		a->dhcp6 = monotime_add(now, -ASK_BURST * ASK_MS);
	if (monotime_ms(a->dhcp6, now) < ASK_MS)
		return false;
	a->dhcp6 = monotime_add(a->dhcp6, ASK_MS);
	return true;
}

void
core_dhcp6(struct core *core, const struct dhcp6_request *req, monotime_t now)
{
	struct dhcp6_reply	 reply;
	struct station		*s;
	struct assoc		*a;
	struct iface		*i;

	core->counters.dhcp6_in++;
	i = iface_at(core, req->ifindex);
	if (i != NULL && i->network->conf.dhcp6 == DHCP6_NO) {
		drop(core, req, CTL_DROP_DHCP6_OFF);
		return;
	}
	if (i == NULL ||
	    (s = station_find(core, i->network, &req->source_mac)) == NULL ||
	    (a = assoc_here(s)) == NULL ||
	    a->iface->link.ifindex != req->ifindex) {
		drop(core, req, CTL_DROP_DHCP6_PLACE);
		return;
	}
	if (!may_ask(a, now)) {
		drop(core, req, CTL_DROP_DHCP6_OFTEN);
		return;
	}
	if (req->nias > DHCP6_IAS || !is_for_us(core, req)) {
		drop(core, req, CTL_DROP_DHCP6_SERVER);
		return;
	}
	a->heard = now;
	/* The next hop of what is delegated to it. */
	neigh_heard(core, a, &req->source, now);
	memset(&reply, 0, sizeof(reply));
	reply.to = *req;
	server_id(core, reply.to.server_id);
	reply.to.server_idlen = DUID_LEN;
	reply.type = DHCP6_REPLY;
	if (!answer(core, s, &reply, now)) {
		drop(core, req, CTL_DROP_DHCP6_NOTHING);
		return;
	}
	core->counters.dhcp6_replies++;
	core_effect(core, EFFECT_DHCP6_REPLY, &reply, sizeof(reply));
}

static void
drop(struct core *core, const struct dhcp6_request *req, enum ctl_drop why)
{
	drop_message(core, req->ifindex, &req->source_mac, why);
}

/* RFC 8415 18.3; false: no answer. */
static bool
answer(struct core *core, struct station *s, struct dhcp6_reply *reply,
    monotime_t now)
{
	struct dhcp6_request	*req = &reply->to;

	if (req->type == DHCP6_INFORMATION_REQUEST) {
		reply->refresh = s->network->conf.router_lifetime;
		/* RFC 8415 7.6: IRT_MINIMUM */
		if (reply->refresh < 600)
			reply->refresh = 600;
		return true;
	}
	if (s->network->conf.dhcp6 != DHCP6_DELEGATE || core->lease->retired)
		return false;
	switch (req->type) {
	case DHCP6_SOLICIT:
		if (!req->rapid)
			reply->type = DHCP6_ADVERTISE;
		reply->rapid = req->rapid;
		/* FALLTHROUGH */
	case DHCP6_REQUEST:
	case DHCP6_RENEW:
	case DHCP6_REBIND:
		if (req->nias == 0)
			return false;
		delegate(core, s, reply, now);
		return true;
	case DHCP6_CONFIRM:
		return confirm(core, s, reply, now);
	case DHCP6_RELEASE:
		release(core, req, now);
		/* FALLTHROUGH */
	default:
		/*
		 * A prefix that it has by advertisements is valid, too, for the
		 * addresses that it makes.
		 */
		req->nias = 0;
		reply->has_status = 1;
		return true;
	}
}

/* There is one prefix, for the first that asks. */
static void
delegate(struct core *core, struct station *s, struct dhcp6_reply *reply,
    monotime_t now)
{
	const struct conf_network	*conf = &s->network->conf;
	struct dhcp6_ia			*ia;
	struct prefix			 p;
	bool				 has, given = false;

	reply->t1 = conf->prefix_preferred / 2;
	reply->t2 = conf->prefix_preferred / 5 * 4;
	for (ia = reply->to.ias; ia < reply->to.ias + reply->to.nias; ia++) {
		memset(&ia->old, 0, sizeof(ia->old));
		if (!ia->delegation) {
			memset(&ia->prefix, 0, sizeof(ia->prefix));
			ia->status = DHCP6_NO_ADDRS;
			continue;
		}
		has = !given && (has_pools(conf) ?
		    choose(core, s, reply, ia, &p, now) :
		    advert_prefix(core, s, &p, now));
		/* Prefixes that it says it has, and has not. */
		if (ia->prefix.len != 0 && reply->to.type != DHCP6_SOLICIT &&
		    (!has || prefix_cmp(&ia->prefix, &p) != 0))
			ia->old = ia->prefix;
		memset(&ia->prefix, 0, sizeof(ia->prefix));
		if (!has) {
			ia->status = DHCP6_NO_PREFIX;
			continue;
		}
		ia->prefix = p;
		ia->valid = conf->prefix_valid;
		ia->preferred = conf->prefix_preferred;
		ia->status = DHCP6_SUCCESS;
		given = true;
	}
}

static bool
has_pools(const struct conf_network *net)
{
	uint32_t	i;

	for (i = 0; i < net->nprefixes; i++)
		if (net->delegates[i] != 0)
			return true;
	return false;
}

/* An address of the first pool whose prefixes are of this length, or NULL. */
static const struct addr *
pool_wished(const struct conf_network *net, uint8_t len)
{
	uint32_t	i;

	for (i = 0; i < net->nprefixes; i++)
		if (net->delegates[i] == len && len != 0)
			return &net->prefixes[i].addr;
	return NULL;
}

/*
 * A prefix of a pool, offered or leased.  The station gets the prefix that it
 * says it has if nobody else has it, even if no router knows it; else another.
 */
static bool
choose(struct core *core, struct station *s, const struct dhcp6_reply *reply,
    const struct dhcp6_ia *ia, struct prefix *p, monotime_t now)
{
	struct client	c;
	uint8_t		type = reply->to.type;

	client_any(&c, &s->mac);
	if ((type == DHCP6_RENEW || type == DHCP6_REBIND) &&
	    !host_prefix(core, s->network, &s->mac, LEASE_DELEGATED, p) &&
	    lease_best(core, s, NULL, LEASE_DELEGATED, now) == NULL &&
	    lease_allowed(core, s->network, &c, LEASE_DELEGATED,
	    &ia->prefix, now) &&
	    lease_is_open(core, &c, LEASE_DELEGATED, &ia->prefix,
	    share_of(s), now))
		*p = ia->prefix;
	else if (lease_choose(core, s->network, &c, LEASE_DELEGATED,
	    &ia->prefix, pool_wished(&s->network->conf, ia->wish), share_of(s),
	    p, now) != 0)
		return false;
	return reply->type == DHCP6_ADVERTISE ?
	    offer(core, s->assoc, p, now) : lease(core, s->assoc, p, now);
}

/* One is kept for it, whatever it wishes. */
static bool
offer(struct core *core, struct assoc *a, const struct prefix *p,
    monotime_t now)
{
	struct client	c;

	if (lease_find(core, LEASE_DELEGATED, p) != NULL)
		return true;
	client_any(&c, &a->station->mac);
	offer_drop(core, &c, &a->offered);
	a->offered = p->addr;
	return offer_make(core, &c, &p->addr, share_of(a->station), now) == 0;
}

static bool
lease(struct core *core, struct assoc *a, const struct prefix *p,
    monotime_t now)
{
	const struct mac	*mac = &a->station->mac;
	struct datum		*d = lease_find(core, LEASE_DELEGATED, p);
	struct client		 c;

	if ((d == NULL || !datum_live(d, now) ||
	    mac_cmp(lease_mac(d), mac) != 0) &&
	    !limit_lease(a->iface, a->port, now)) {
		drop_message(core, a->iface->link.ifindex, mac,
		    CTL_DROP_DHCP6_LIMIT);
		return false;
	}
	client_any(&c, mac);
	offer_drop(core, &c, &a->offered);
	if (lease_grant(core, &c, LEASE_DELEGATED, p, share_of(a->station),
	    a->station->network->conf.prefix_valid, now) == NULL)
		return false;
	lease_given(core, &c, LEASE_DELEGATED, p, now);
	former_end(core, a->station, &c, LEASE_DELEGATED, p, now);
	return true;
}

/* RFC 8415 18.3.7, for prefixes of pools. */
static void
release(struct core *core, const struct dhcp6_request *req, monotime_t now)
{
	const struct dhcp6_ia	*ia;
	struct datum		*d;

	for (ia = req->ias; ia < req->ias + req->nias; ia++) {
		if (!ia->delegation)
			continue;
		d = lease_find(core, LEASE_DELEGATED, &ia->prefix);
		if (d != NULL && mac_cmp(lease_mac(d), &req->source_mac) == 0)
			lease_end(core, d, now);
	}
}

/* RFC 8415 18.3.3: are these addresses right here? */
static bool
confirm(struct core *core, struct station *s, struct dhcp6_reply *reply,
    monotime_t now)
{
	struct dhcp6_ia	*ia;
	struct prefix	 p;
	bool		 any = false, has;

	has = advert_prefix(core, s, &p, now);
	for (ia = reply->to.ias; ia < reply->to.ias + reply->to.nias; ia++) {
		if (ia->delegation || ia->prefix.len == 0)
			continue;
		any = true;
		if (!has || !prefix_covers(&p, &ia->prefix))
			reply->status = DHCP6_NOT_ON_LINK;
	}
	reply->has_status = 1;
	reply->to.nias = 0;
	return any;
}
