/* SPDX-License-Identifier: ISC */
/*
 * DHCPv4 as RFC 2131 has it, with one twist: every router is authoritative
 * for every lease, so a station may renew or reboot at any of them, and a
 * free address it asks for is its own even where nobody has heard of it yet.
 */
#include <string.h>

#include "core_state.h"

#define LEASE_MIN	60	/* s: shorter wishes are not granted */

enum answer {
	ANSWER_NONE,
	ANSWER_ACK,
	ANSWER_NAK
};

static void	reply(struct core *, const struct iface *,
		    const struct dhcp_request *, enum dhcp_type,
		    const struct addr *yiaddr, uint32_t lease,
		    const char *message);
static void	discover(struct core *, const struct iface *,
		    const struct dhcp_request *, monotime_t);
static void	request(struct core *, const struct iface *,
		    const struct dhcp_request *, monotime_t);
static enum answer judge(struct core *, const struct iface *,
		    const struct dhcp_request *, struct prefix *,
		    const char **why, monotime_t);
static void	release(struct core *, const struct dhcp_request *,
		    monotime_t);
static void	decline(struct core *, const struct dhcp_request *,
		    monotime_t);
static void	inform(struct core *, const struct iface *,
		    const struct dhcp_request *);
static struct datum *own_lease(struct core *, const struct mac *,
		    const struct addr *, monotime_t);
static bool	v4_or_none(const struct addr *);
static uint32_t	lease_seconds(const struct core *,
		    const struct dhcp_request *);

static bool
v4_or_none(const struct addr *addr)
{
	return addr_is_none(addr) || addr_is_v4(addr);
}

void
core_dhcp(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	struct iface	 key, *i;

	core->counters.dhcp_in++;
	key.link.ifindex = req->ifindex;
	i = RB_FIND(iface_tree, &core->ifaces, &key);
	/* Only its owner speaks for a station; relays are not served. */
	if (i == NULL || addr_is_none(&i->link.gateway4) ||
	    !mac_is_station(&req->chaddr) ||
	    mac_cmp(&req->chaddr, &req->source_mac) != 0 ||
	    !addr_is_none(&req->giaddr) || !v4_or_none(&req->requested) ||
	    !v4_or_none(&req->ciaddr)) {
		core->counters.dhcp_dropped++;
		return;
	}
	switch (req->type) {
	case DHCP_DISCOVER:
		discover(core, i, req, now);
		break;
	case DHCP_REQUEST:
		request(core, i, req, now);
		break;
	case DHCP_RELEASE:
		release(core, req, now);
		break;
	case DHCP_DECLINE:
		decline(core, req, now);
		break;
	case DHCP_INFORM:
		inform(core, i, req);
		break;
	default:
		core->counters.dhcp_dropped++;
		break;
	}
}

static void
reply(struct core *core, const struct iface *i,
    const struct dhcp_request *req, enum dhcp_type type,
    const struct addr *yiaddr, uint32_t lease, const char *message)
{
	struct effect		e = { .type = EFFECT_DHCP_REPLY };
	struct dhcp_reply	r;

	memset(&r, 0, sizeof(r));
	r.to = *req;
	r.type = (uint8_t)type;
	r.server = i->link.gateway4;
	if (yiaddr != NULL)
		r.yiaddr = *yiaddr;
	if (lease != 0) {
		r.lease = lease;
		r.t1 = lease / 2;		/* RFC 2131 4.4.5 */
		r.t2 = (uint32_t)(lease * 7ULL / 8);
	}
	if (message != NULL) {
		strncpy(r.message, message, sizeof(r.message) - 1);
		core_log(core, LEVEL_DEBUG, "%s: station %s: dhcp refused: %s",
		    i->link.name, mac_text(&req->chaddr), message);
	}
	if (type == DHCP_OFFER)
		core->counters.dhcp_offers++;
	else if (type == DHCP_ACK)
		core->counters.dhcp_acks++;
	else
		core->counters.dhcp_naks++;
	e.dhcp_reply = &r;
	core_effect(core, &e);
}

/* What it wishes (option 51), within reason. */
static uint32_t
lease_seconds(const struct core *core, const struct dhcp_request *req)
{
	uint32_t	max = core->conf.lease_time;
	uint32_t	min = LEASE_MIN < max ? LEASE_MIN : max;

	if (req->lease == 0 || req->lease > max)
		return max;
	return req->lease < min ? min : req->lease;
}

/* RFC 2131 4.3.1.  Nothing is leased yet, so nothing is flooded. */
static void
discover(struct core *core, const struct iface *i,
    const struct dhcp_request *req, monotime_t now)
{
	struct prefix	p;

	if (lease_choose(core, &req->chaddr, true, &req->requested, &p,
	    now) == -1) {
		core->counters.dhcp_dropped++;
		core_log(core, LEVEL_WARN,
		    "%s: station %s: no address is free", i->link.name,
		    mac_text(&req->chaddr));
		return;
	}
	if (offer_make(core, &req->chaddr, &p.addr, now) == -1)
		return;
	reply(core, i, req, DHCP_OFFER, &p.addr, lease_seconds(core, req),
	    NULL);
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
 * The last three are judged alike: every router knows every lease.
 */
static enum answer
judge(struct core *core, const struct iface *i,
    const struct dhcp_request *req, struct prefix *p, const char **why,
    monotime_t now)
{
	struct station		*s;
	struct datum		*d, *other;
	const struct addr	*want = &req->requested;

	if (addr_is_none(want))
		want = &req->ciaddr;
	if (!addr_is_none(&req->server)) {
		if (addr_cmp(&req->server, &i->link.gateway4) != 0) {
			offer_drop(core, &req->chaddr, want);
			return ANSWER_NONE;	/* another's offer taken */
		}
	}
	if (addr_is_none(want))
		return ANSWER_NONE;
	prefix_host(p, want);
	if (!conf_covers(&core->conf, p)) {
		*why = "wrong network";
		return ANSWER_NAK;
	}
	d = lease_find(core, p);
	if (d != NULL && datum_live(d, now) && lease_usable(core, p) &&
	    mac_cmp(lease_mac(d), &req->chaddr) == 0)
		return ANSWER_ACK;
	if ((s = station_find(core, &req->chaddr)) != NULL &&
	    (other = lease_best(core, s, true, now)) != NULL) {
		*why = "another address is leased to you";
		return ANSWER_NAK;
	}
	if (!lease_allowed(core, &req->chaddr, p, now)) {
		*why = "address is not available";
		return ANSWER_NAK;
	}
	return ANSWER_ACK;
}

static void
request(struct core *core, const struct iface *i,
    const struct dhcp_request *req, monotime_t now)
{
	struct datum	*d;
	struct prefix	 p;
	const char	*why = NULL;
	uint32_t	 seconds = lease_seconds(core, req);

	switch (judge(core, i, req, &p, &why, now)) {
	case ANSWER_NONE:
		core->counters.dhcp_dropped++;
		return;
	case ANSWER_NAK:
		reply(core, i, req, DHCP_NAK, NULL, 0, why);
		return;
	case ANSWER_ACK:
		break;
	}
	offer_drop(core, &req->chaddr, &p.addr);
	if ((d = lease_grant(core, &req->chaddr, &p, seconds, now)) == NULL) {
		core->counters.dhcp_dropped++;
		return;
	}
	reply(core, i, req, DHCP_ACK, &p.addr, seconds, NULL);
}

/* The live lease of an address, if it is this station's. */
static struct datum *
own_lease(struct core *core, const struct mac *mac, const struct addr *addr,
    monotime_t now)
{
	struct prefix	 p;
	struct datum	*d;

	if (!addr_is_v4(addr))
		return NULL;
	prefix_host(&p, addr);
	d = lease_find(core, &p);
	return d != NULL && datum_live(d, now) &&
	    mac_cmp(lease_mac(d), mac) == 0 ? d : NULL;
}

/* RFC 2131 4.3.4. */
static void
release(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	struct datum	*d;

	if ((d = own_lease(core, &req->chaddr, &req->ciaddr, now)) == NULL) {
		core->counters.dhcp_dropped++;
		return;
	}
	lease_end(core, d, now);
}

/* RFC 2131 4.3.3: somebody else uses the address. */
static void
decline(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	struct datum	*d;

	d = own_lease(core, &req->chaddr, &req->requested, now);
	if (d == NULL) {
		core->counters.dhcp_dropped++;
		return;
	}
	core_log(core, LEVEL_WARN, "lease %s: declined by %s: in use",
	    addr_text(&req->requested), mac_text(&req->chaddr));
	lease_decline(core, d, now);
}

/* RFC 2131 4.3.5. */
static void
inform(struct core *core, const struct iface *i,
    const struct dhcp_request *req)
{
	if (addr_is_none(&req->ciaddr) ||
	    addr_cmp(&req->ciaddr, &req->source) != 0) {
		core->counters.dhcp_dropped++;
		return;
	}
	reply(core, i, req, DHCP_ACK, NULL, 0, NULL);
}
