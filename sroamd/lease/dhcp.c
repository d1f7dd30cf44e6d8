/* SPDX-License-Identifier: ISC */
/*
 * DHCPv4 (RFC 2131), except that every router is authoritative for every lease:
 * a station may renew or reboot at any of them, and gets a free address that it
 * asks for even if no router knows it.
 */
#include <string.h>

#include "lease/admit.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/dhcp.h"
#include "lease/drop.h"
#include "lease/former.h"
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/limit.h"
#include "lease/network.h"
#include "lease/offer.h"
#include "lease/release.h"
#include "lease/share.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define LEASE_MIN	60	/* s: shorter wishes are not granted */
#define JITTER		16	/* of the lease, taken off T1 and T2 */
#define IPV6_ONLY	108	/* RFC 8925, in the list of option 55 */

enum answer {
	ANSWER_NONE,
	ANSWER_ACK,
	ANSWER_NAK
};

/* A request and what goes with it. */
struct asked {
	struct core			*core;
	struct iface			*iface;
	const struct dhcp_request	*req;
	struct host			*host;	/* of the configuration */
	struct client			 client;
	monotime_t			 now;
};

static void		 serve(struct core *, const struct dhcp_request *,
			    monotime_t);
static void		 drop(const struct asked *, enum ctl_drop);
static bool		 is_acceptable(const struct asked *);
static bool		 is_relay(const struct network *, const struct addr *);
static bool		 is_ours(const struct asked *);
static void		 set_times(struct core *, struct dhcp_reply *,
			    uint32_t);
static void		 reply(const struct asked *, enum dhcp_type,
			    const struct addr *yiaddr, uint32_t lease,
			    const char *message);
static void		 discover(const struct asked *);
static void		 request(const struct asked *);
static enum answer	 judge(const struct asked *, struct prefix *,
			    const char **why);
static bool		 is_elsewhere(const struct asked *,
			    const struct prefix *);
static void		 release(const struct asked *);
static void		 decline(const struct asked *);
static bool		 is_anothers(const struct asked *,
			    const struct addr *);
static void		 inform(const struct asked *);
static void		 bootp(const struct asked *);
static bool		 is_renewed_by_another(const struct asked *,
			    struct dhcp_request *);
static struct assoc	*here(const struct asked *);
static bool		 is_from_its_place(const struct asked *);
static bool		 host_address(const struct asked *, struct prefix *);
static struct datum	*own_lease(const struct asked *, const struct addr *);
static bool		 is_known(const struct asked *, const struct prefix *);
static struct datum	*grant(const struct asked *, const struct prefix *,
			    uint32_t *seconds);
static bool		 take_token(const struct asked *);
static uint16_t		 share(const struct asked *);
static bool		 wants(const struct dhcp_request *, uint8_t);
static bool		 v4_or_none(const struct addr *);
static uint32_t		 lease_seconds(const struct asked *,
			    const struct prefix *);

static bool
v4_or_none(const struct addr *addr)
{
	return addr_is_none(addr) || addr_is_v4(addr);
}

bool
dhcp_serve(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	uint64_t	acks = core->counters.dhcp_acks;

	serve(core, req, now);
	return core->counters.dhcp_acks != acks && addr_is_none(&req->giaddr) &&
	    req->type != DHCP_INFORM;
}

static void
serve(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	struct asked		a = { .core = core, .req = req, .now = now };
	struct dhcp_request	own;

	core->counters.dhcp_in++;
	a.iface = iface_at(core, req->ifindex);
	if (a.iface == NULL || addr_is_none(&a.iface->link.gateway4)) {
		drop(&a, CTL_DROP_DHCP_GATEWAY);
		return;
	}
	if (station_barred(core, req->ifindex, &req->chaddr))
		return;
	if (!is_acceptable(&a)) {
		drop(&a, CTL_DROP_DHCP_SENDER);
		return;
	}
	client_of_request(&a.client, req);
	if (is_renewed_by_another(&a, &own)) {
		a.req = &own;
		client_of_request(&a.client, &own);
	}
	a.host = host_client(core, a.iface->network, a.req);
	switch (req->type) {
	case DHCP_DISCOVER:
		discover(&a);
		break;
	case DHCP_REQUEST:
		request(&a);
		break;
	case DHCP_RELEASE:
		release(&a);
		break;
	case DHCP_DECLINE:
		decline(&a);
		break;
	case DHCP_INFORM:
		inform(&a);
		break;
	case DHCP_BOOTP:
		bootp(&a);
		break;
	default:
		drop(&a, CTL_DROP_DHCP_TYPE);
		break;
	}
}

/* Count and log why there is no answer. */
static void
drop(const struct asked *a, enum ctl_drop why)
{
	drop_message(a->core, a->req->ifindex, &a->req->chaddr, why);
}

/* Accept only the station itself, or a configured relay agent. */
static bool
is_acceptable(const struct asked *a)
{
	const struct dhcp_request	*req = a->req;

	if (!mac_is_station(&req->chaddr) || !v4_or_none(&req->requested) ||
	    !v4_or_none(&req->ciaddr))
		return false;
	if (!addr_is_none(&req->giaddr))
		return is_relay(a->iface->network, &req->giaddr);
	return mac_cmp(&req->chaddr, &req->source_mac) == 0;
}

static bool
is_relay(const struct network *net, const struct addr *addr)
{
	uint32_t	i;

	for (i = 0; i < net->conf.nrelays; i++)
		if (addr_cmp(&net->conf.relays[i], addr) == 0)
			return true;
	return false;
}

/* Option 54 names us; a relay may put its own address there (RFC 5107). */
static bool
is_ours(const struct asked *a)
{
	const struct dhcp_request	*req = a->req;

	return addr_cmp(&req->server, &a->iface->link.gateway4) == 0 ||
	    (!addr_is_none(&req->giaddr) && !addr_is_none(&req->override) &&
	    addr_cmp(&req->server, &req->override) == 0);
}

/*
 * RFC 2131 4.4.5, reduced at random, so that stations that came together do not
 * renew together.
 */
static void
set_times(struct core *core, struct dhcp_reply *r, uint32_t lease)
{
	uint32_t	less = core->ops.random(core->ops.arg) %
			    (lease / JITTER + 1);

	r->lease = lease;
	r->t1 = lease / 2 - less;
	r->t2 = (uint32_t)(lease * 7ULL / 8) - less;
}

static void
reply(const struct asked *a, enum dhcp_type type, const struct addr *yiaddr,
    uint32_t lease, const char *message)
{
	struct core		*core = a->core;
	struct dhcp_reply	 r;

	memset(&r, 0, sizeof(r));
	r.to = *a->req;
	r.type = (uint8_t)type;
	r.server = a->iface->link.gateway4;
	if (yiaddr != NULL)
		r.yiaddr = *yiaddr;
	if (lease != 0)
		set_times(core, &r, lease);
	if (a->host != NULL && type != DHCP_NAK)
		memcpy(r.host, a->host->conf.name, sizeof(r.host));
	if (message != NULL) {
		strncpy(r.message, message, sizeof(r.message) - 1);
		core_log(core, LEVEL_DEBUG, "%s: station %s: dhcp refused: %s",
		    a->iface->link.name, mac_text(&a->req->chaddr), message);
	}
	if (type == DHCP_OFFER)
		core->counters.dhcp_offers++;
	else if (type == DHCP_NAK)
		core->counters.dhcp_naks++;
	else
		core->counters.dhcp_acks++;
	core_effect(core, EFFECT_DHCP_REPLY, &r, sizeof(r));
}

static bool
wants(const struct dhcp_request *req, uint8_t code)
{
	return memchr(req->params, code, req->nparams) != NULL;
}

/* Whether it has or had this address; for a host, always. */
static bool
is_known(const struct asked *a, const struct prefix *p)
{
	struct datum	*d = lease_find(a->core, LEASE_ADDRESS, p);

	return a->host != NULL || (d != NULL &&
	    mac_cmp(lease_mac(d), &a->req->chaddr) == 0 &&
	    whose_may_be(a->core, d, &a->client, a->now));
}

/*
 * The wish (option 51), within limits.  A new station may soon be gone, and
 * come back with another MAC address.
 */
static uint32_t
lease_seconds(const struct asked *a, const struct prefix *p)
{
	uint32_t	wish = a->req->lease;
	uint32_t	max = a->iface->network->conf.lease_time;
	uint32_t	min;

	if (!is_known(a, p) && a->iface->network->conf.lease_first < max)
		max = a->iface->network->conf.lease_first;
	min = LEASE_MIN < max ? LEASE_MIN : max;
	if (wish == 0 || wish > max)
		return max;
	return wish < min ? min : wish;
}

/*
 * All routers store and flood a new lease, so each port may cause only so
 * many.  A relay is trusted to limit this itself.
 */
static bool
take_token(const struct asked *a)
{
	struct station	*s = station_find(a->core, a->iface->network,
			    &a->req->chaddr);
	struct assoc	*assoc = s != NULL ? assoc_here(s) : NULL;

	return !addr_is_none(&a->req->giaddr) || limit_lease(
	    a->iface, assoc != NULL ? assoc->port : 0, a->now);
}

/* A relay is trusted to limit this itself, too. */
static uint16_t
share(const struct asked *a)
{
	return addr_is_none(&a->req->giaddr) ? share_of(station_find(a->core,
	    a->iface->network, &a->req->chaddr)) : SHARE_NONE;
}

/* Make or extend the lease; then return how long it really lasts. */
static struct datum *
grant(const struct asked *a, const struct prefix *p, uint32_t *seconds)
{
	struct core	*core = a->core;
	struct station	*s;
	struct datum	*d;
	uint32_t	 left;

	*seconds = lease_seconds(a, p);
	if (!lease_is_open(core, &a->client, LEASE_ADDRESS, p, share(a),
	    a->now)) {
		lease_kept(core, LEASE_ADDRESS, a->now);
		drop(a, CTL_DROP_DHCP_KEPT);
		return NULL;
	}
	if (own_lease(a, &p->addr) == NULL && !take_token(a)) {
		drop(a, CTL_DROP_DHCP_LIMIT);
		return NULL;
	}
	if (own_lease(a, &p->addr) == NULL && !limit_addresses(core,
	    station_find(core, a->iface->network, &a->req->chaddr), a->now)) {
		drop(a, CTL_DROP_DHCP_ADDRS);
		return NULL;
	}
	offer_drop(core, &a->client, &p->addr);
	if (here(a) != NULL && addr_cmp(&here(a)->released, &p->addr) == 0)
		release_forget(core, here(a));
	d = lease_grant(core, &a->client, LEASE_ADDRESS, p, share(a),
	    *seconds, a->now);
	if (d == NULL) {
		drop(a, CTL_DROP_DHCP_FULL);
		return NULL;
	}
	lease_given(core, &a->client, LEASE_ADDRESS, p, a->now);
	s = station_find(core, a->iface->network, &a->req->chaddr);
	if (s != NULL)
		former_end(core, s, &a->client, LEASE_ADDRESS, p, a->now);
	left = datum_remaining(d, a->now);
	if (left != 0 && left < *seconds)
		*seconds = left;
	return d;
}

/* The configured address of a host, if it may have it now. */
static bool
host_address(const struct asked *a, struct prefix *p)
{
	if (a->host == NULL || addr_is_none(&a->host->conf.addr))
		return false;
	prefix_host(p, &a->host->conf.addr);
	return lease_allowed(a->core, a->iface->network, &a->client,
	    LEASE_ADDRESS, p, a->now);
}

/*
 * RFC 2131 4.3.1.  An offer is no lease yet and is not flooded.  With rapid
 * commit (RFC 4039) the offer is the lease, which is safe as all routers choose
 * the same address.  Not if the station can do without IPv4 (RFC 8925 3.3).
 */
static void
discover(const struct asked *a)
{
	const struct dhcp_request	*req = a->req;
	struct network			*net = a->iface->network;
	const struct addr		*near = NULL;
	struct core			*core = a->core;
	struct prefix			 wish, p;
	uint32_t			 seconds;
	int				 rc = 0;

	if (!addr_is_none(&req->giaddr))
		near = addr_is_none(&req->link) ? &req->giaddr : &req->link;
	prefix_host(&wish, &req->requested);
	if (!host_address(a, &p))
		rc = lease_choose(core, net, &a->client, LEASE_ADDRESS,
		    &wish, near, share(a), &p, a->now);
	if (rc != 0) {
		drop(a, rc == CHOOSE_KEPT ? CTL_DROP_DHCP_KEPT :
		    CTL_DROP_DHCP_EMPTY);
		return;
	}
	/* It asks again (RFC 2131 4.1), and that is known then. */
	if (here(a) != NULL && release_is_declined(here(a)) &&
	    addr_cmp(&here(a)->released, &p.addr) == 0) {
		drop(a, CTL_DROP_DHCP_DECLINED);
		return;
	}
	if (req->rapid && net->conf.rapid_commit &&
	    !(net->conf.ipv6_only != 0 && wants(req, IPV6_ONLY))) {
		if (grant(a, &p, &seconds) != NULL)
			reply(a, DHCP_ACK, &p.addr, seconds, NULL);
		return;
	}
	if (offer_make(core, &a->client, &p.addr, share(a), a->now) == -1) {
		drop(a, CTL_DROP_DHCP_FULL);
		return;
	}
	reply(a, DHCP_OFFER, &p.addr, lease_seconds(a, &p), NULL);
}

/* Whether another address is meant for it, by lease or configuration. */
static bool
is_elsewhere(const struct asked *a, const struct prefix *p)
{
	struct station	*s = station_find(a->core, a->iface->network,
			    &a->req->chaddr);
	struct prefix	 own;
	struct datum	*d;

	if (host_address(a, &own))
		return prefix_cmp(&own, p) != 0;
	return s != NULL &&
	    (d = lease_best(a->core, s, &a->client, LEASE_ADDRESS,
	    a->now)) != NULL &&
	    lease_prefix(d, &own) && prefix_cmp(&own, p) != 0;
}

/*
 * RFC 2131 4.3.2:
 *
 *	             option 54  option 50  ciaddr
 *	SELECTING    ours       set        -
 *	INIT-REBOOT  -          set        -
 *	RENEWING     -          -          set, unicast
 *	REBINDING    -          -          set, broadcast
 *
 * The last three are treated alike: every router knows every lease.  Who has an
 * address and names a server all the same, maybe one that is gone, renews it.
 */
static enum answer
judge(const struct asked *a, struct prefix *p, const char **why)
{
	const struct dhcp_request	*req = a->req;
	const struct addr		*want = &req->requested;
	const struct pool		*pool;

	if (addr_is_none(want))
		want = &req->ciaddr;
	if (!addr_is_none(&req->server) && addr_is_none(&req->ciaddr) &&
	    !is_ours(a)) {
		offer_drop(a->core, &a->client, want);
		return ANSWER_NONE;	/* it took another offer */
	}
	if (addr_is_none(want))
		return ANSWER_NONE;
	prefix_host(p, want);
	pool = pool_over(a->core, p);
	if (pool == NULL || pool->network != a->iface->network) {
		*why = "wrong network";
		return ANSWER_NAK;
	}
	if (is_elsewhere(a, p)) {
		*why = "another address is yours";
		return ANSWER_NAK;
	}
	if (!lease_allowed(a->core, a->iface->network, &a->client,
	    LEASE_ADDRESS, p, a->now)) {
		*why = "address is not available";
		return ANSWER_NAK;
	}
	return ANSWER_ACK;
}

static void
request(const struct asked *a)
{
	struct prefix	 p;
	const char	*why = NULL;
	uint32_t	 seconds;

	switch (judge(a, &p, &why)) {
	case ANSWER_NONE:
		drop(a, CTL_DROP_DHCP_SERVER);
		return;
	case ANSWER_NAK:
		reply(a, DHCP_NAK, NULL, 0, why);
		return;
	case ANSWER_ACK:
		break;
	}
	if (grant(a, &p, &seconds) != NULL)
		reply(a, DHCP_ACK, &p.addr, seconds, NULL);
}

/* The live lease of an address, if it is of this client in its network. */
static struct datum *
own_lease(const struct asked *a, const struct addr *addr)
{
	struct prefix	 p;
	struct datum	*d;
	struct pool	*pool;

	if (!addr_is_v4(addr))
		return NULL;
	prefix_host(&p, addr);
	pool = pool_over(a->core, &p);
	if (pool == NULL || pool->network != a->iface->network)
		return NULL;
	d = lease_find(a->core, LEASE_ADDRESS, &p);
	return d != NULL && datum_live(d, a->now) &&
	    mac_cmp(lease_mac(d), &a->req->chaddr) == 0 &&
	    whose_may_be(a->core, d, &a->client, a->now) ? d : NULL;
}

/* The station, where it asked; NULL: it is not there, or asked by a relay. */
static struct assoc *
here(const struct asked *a)
{
	struct station	*s = station_find(a->core, a->iface->network,
			    &a->req->chaddr);
	struct assoc	*assoc = s != NULL ? assoc_here(s) : NULL;

	return assoc != NULL && assoc->iface == a->iface &&
	    addr_is_none(&a->req->giaddr) ? assoc : NULL;
}

/*
 * A message without an answer, that anybody may forge who can send in the name
 * of a station.  Who is behind a relay is at no router.
 */
static bool
is_from_its_place(const struct asked *a)
{
	struct station	*s = station_find(a->core, a->iface->network,
			    &a->req->chaddr);

	if (addr_is_none(&a->req->giaddr))
		return here(a) != NULL;
	return s == NULL || (assoc_here(s) == NULL && s->router == NULL);
}

/* RFC 2131 4.3.4. */
static void
release(const struct asked *a)
{
	struct datum	*d;

	if ((d = own_lease(a, &a->req->ciaddr)) == NULL)
		drop(a, CTL_DROP_DHCP_OWNER);
	else if (!is_from_its_place(a))
		drop(a, CTL_DROP_DHCP_PLACE);
	else if (here(a) != NULL)
		release_begin(a->core, here(a), &a->req->ciaddr, false,
		    a->now);
	else
		lease_end(a->core, d, a->now);
}

/* RFC 2131 4.3.3: somebody else uses the address. */
static void
decline(const struct asked *a)
{
	struct datum	*d;

	if ((d = own_lease(a, &a->req->requested)) == NULL)
		drop(a, CTL_DROP_DHCP_OWNER);
	else if (!is_from_its_place(a))
		drop(a, CTL_DROP_DHCP_PLACE);
	else if (here(a) != NULL)
		release_begin(a->core, here(a), &a->req->requested, true,
		    a->now);
	else
		lease_declined(a->core, d, a->now);
}

/* Leased to another station, wherever that is. */
static bool
is_anothers(const struct asked *a, const struct addr *addr)
{
	struct prefix	 p;
	struct datum	*d;

	prefix_host(&p, addr);
	d = lease_find(a->core, LEASE_ADDRESS, &p);
	return d != NULL && datum_live(d, a->now) &&
	    mac_cmp(lease_mac(d), &a->req->chaddr) != 0;
}

/*
 * RFC 2131 4.3.5.  The address is ciaddr; some send it as the packet's source
 * only, others from 0.0.0.0.  A relay sends with its own address as the source.
 */
static void
inform(const struct asked *a)
{
	struct dhcp_request	 req = *a->req;
	struct asked		 b = *a;
	struct addr		*addr = &req.ciaddr;

	b.req = &req;
	if (addr_is_none(addr) && addr_is_none(&req.giaddr))
		*addr = req.source;
	if (addr_is_none(addr) || (addr_is_none(&req.giaddr) &&
	    (addr_is_none(&req.source) ? is_anothers(a, addr) :
	    addr_cmp(addr, &req.source) != 0)))
		drop(a, CTL_DROP_DHCP_OWNER);
	else
		reply(&b, DHCP_ACK, NULL, 0, NULL);
}

/*
 * RFC 951.  Only a host of the configuration: it takes the address for ever,
 * and never says that it has ended.  The lease goes on while it is heard:
 * learn.h.
 */
static void
bootp(const struct asked *a)
{
	struct prefix	p;
	uint32_t	seconds;

	if (!host_address(a, &p))
		drop(a, CTL_DROP_BOOTP_HOST);
	else if (grant(a, &p, &seconds) != NULL)
		reply(a, DHCP_BOOTP, &p.addr, 0, NULL);
}

/*
 * The renewal of a lease that the client behind has itself: it was not behind
 * when it got it, as one of a macvlan whose unicast goes out by its parent.
 * The lease is extended and the answer sent to the client; where that is, this
 * does not say.
 */
static bool
is_renewed_by_another(const struct asked *a, struct dhcp_request *own)
{
	struct asked	behind = *a;

	if (!a->req->repeated || a->req->type != DHCP_REQUEST)
		return false;
	*own = *a->req;
	own->chaddr = own->behind;
	if (own->repeated == DHCP_REPEATED_BARE)
		own->client_idlen = 0;
	own->repeated = DHCP_DIRECT;
	behind.req = own;
	client_of_request(&behind.client, own);
	return own_lease(&behind, &own->ciaddr) != NULL;
}
