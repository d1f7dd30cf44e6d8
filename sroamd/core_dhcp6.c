/* SPDX-License-Identifier: ISC */
/*
 * DHCPv6 (RFC 8415): what there is to be told, and a station's prefix once
 * more, as a delegated one (RFC 9663).  All routers are one server, of one
 * DUID, and know all leases, so there are no bindings to keep: whatever a
 * client says that it had, any router knows what it has.
 */
#include <sha2.h>
#include <string.h>

#include "core_state.h"

#define ASK_MS		200	/* a station is answered once in this time, */
#define ASK_BURST	10	/* but may save up some answers */
#define DUID_UUID	4	/* RFC 6355 */
#define DUID_LEN	18

static void	 server_id(const struct core *, uint8_t[DUID_LEN]);
static bool	 is_for_us(const struct core *, const struct dhcp6_request *);
static bool	 answer(struct core *, struct station *,
		    struct dhcp6_reply *, monotime_t);
static void	 delegate(struct core *, struct station *,
		    struct dhcp6_reply *, monotime_t);
static bool	 confirm(struct core *, struct station *,
		    struct dhcp6_reply *, monotime_t);
static bool	 may_ask(struct assoc *, monotime_t);
static void	 drop(struct core *, const struct dhcp6_request *,
		    const char *why);

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
	struct effect		 e = { .type = EFFECT_DHCP6_REPLY };
	struct dhcp6_reply	 reply;
	struct station		*s;
	struct assoc		*a;

	core->counters.dhcp6_in++;
	if (core->conf.dhcp6 == DHCP6_NO) {
		drop(core, req, "not configured");
		return;
	}
	if ((s = station_find(core, &req->source_mac)) == NULL ||
	    (a = assoc_here(s)) == NULL ||
	    a->iface->link.ifindex != req->ifindex) {
		drop(core, req, "no station here");
		return;
	}
	if (!may_ask(a, now)) {
		drop(core, req, "asks too often");
		return;
	}
	if (req->nias > DHCP6_IAS || !is_for_us(core, req)) {
		drop(core, req, "for another server, or its identifiers are "
		    "wrong");
		return;
	}
	a->heard = now;
	memset(&reply, 0, sizeof(reply));
	reply.to = *req;
	server_id(core, reply.to.server_id);
	reply.to.server_idlen = DUID_LEN;
	reply.type = DHCP6_REPLY;
	if (!answer(core, s, &reply, now)) {
		drop(core, req, "there is nothing to answer");
		return;
	}
	core->counters.dhcp6_replies++;
	e.dhcp6_reply = &reply;
	core_effect(core, &e);
}

static void
drop(struct core *core, const struct dhcp6_request *req, const char *why)
{
	core->counters.dhcp6_dropped++;
	core_log(core, LEVEL_DEBUG, "station %s: dhcp6 dropped: %s",
	    mac_text(&req->source_mac), why);
}

/* RFC 8415 18.3; false: silence. */
static bool
answer(struct core *core, struct station *s, struct dhcp6_reply *reply,
    monotime_t now)
{
	struct dhcp6_request	*req = &reply->to;

	if (req->type == DHCP6_INFORMATION_REQUEST) {
		reply->refresh = core->conf.router_lifetime;
		/* RFC 8415 7.6: IRT_MINIMUM */
		if (reply->refresh < 600)
			reply->refresh = 600;
		return true;
	}
	if (core->conf.dhcp6 != DHCP6_DELEGATE || core->retired)
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
	default:
		/*
		 * Released or declined: it is its prefix all the same, for the
		 * addresses that it makes by itself.
		 */
		req->nias = 0;
		reply->has_status = 1;
		return true;
	}
}

/* The one prefix goes to the first that asks for one. */
static void
delegate(struct core *core, struct station *s, struct dhcp6_reply *reply,
    monotime_t now)
{
	const struct conf_global	*conf = &core->conf;
	struct dhcp6_ia			*ia;
	struct prefix			 p;
	bool				 has, given = false;

	has = advert_prefix(core, s, &p, now);
	reply->t1 = conf->prefix_preferred / 2;
	reply->t2 = conf->prefix_preferred / 5 * 4;
	for (ia = reply->to.ias; ia < reply->to.ias + reply->to.nias; ia++) {
		memset(&ia->old, 0, sizeof(ia->old));
		if (!ia->delegation) {
			memset(&ia->prefix, 0, sizeof(ia->prefix));
			ia->status = DHCP6_NO_ADDRS;
			continue;
		}
		/* What it believes to have, and has not (any more). */
		if (ia->prefix.len != 0 && reply->to.type != DHCP6_SOLICIT &&
		    (!has || given || prefix_cmp(&ia->prefix, &p) != 0))
			ia->old = ia->prefix;
		memset(&ia->prefix, 0, sizeof(ia->prefix));
		if (!has || given) {
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
