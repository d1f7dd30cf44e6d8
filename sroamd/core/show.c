/* SPDX-License-Identifier: ISC */
/* Records for sroamctl, one at a time, by a cursor. */
#include <string.h>

#include "common/cursor.h"
#include "core/core.h"
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/network.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_self.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/key.h"
#include "table/room.h"
#include "table/state.h"
#include "table/table.h"

static enum ctl_alike	 alike(const struct core *, const struct router *);
static struct datum	*lease_first(struct core *, const struct ctl_cursor *);
static struct station	*station_shown(struct core *,
			    const struct ctl_cursor *);
static void		 show_place(struct core *, const struct station *,
			    struct router_id *, char *, size_t);

int
core_show_datum(struct core *core, struct ctl_cursor *cursor,
    struct update *u, monotime_t now)
{
	struct datum	*d;
	int64_t		 age;

	for (d = table_at(core, cursor); d != NULL;
	    d = RB_NEXT(datum_tree, &core->data, d))
		if (datum_live(d, now))
			break;
	if (d == NULL)
		return 0;
	cursor_set(cursor, d->data, d->keylen);
	memset(u, 0, sizeof(*u));
	age = monotime_ms(d->claimed, now);
	u->lifetime = datum_remaining(d, now);
	u->age = age < 0 || age >= AGE_UNKNOWN ? AGE_UNKNOWN : (uint32_t)age;
	u->seqno = d->seqno;
	u->keylen = d->keylen;
	u->vallen = d->vallen;
	memcpy(u->data, d->data, (size_t)d->keylen + d->vallen);
	return 1;
}

/* The router that has the station, its id and name. */
static void
show_place(struct core *core, const struct station *s, struct router_id *id,
    char *name, size_t size)
{
	const struct router	*r = s->router;

	(void)core;
	if (r == NULL)
		return;
	*id = r->info.id;
	strncpy(name, core_router_name(r), size - 1);
}

/*
 * The lease at this datum or behind it.  In the order of keys they are the
 * first kinds of each network, and one that is later.
 */
static struct datum *
lease_from(struct core *core, struct datum *d)
{
	struct ctl_cursor	at = { .started = 1 };

	while (d != NULL && !lease_is(d)) {
		if (d->data[0] > DATUM_NETWORK)
			return NULL;
		at.len = d->inner;
		memcpy(at.key, d->data, d->inner);
		if (datum_key(d)[0] < DATUM_DELEGATED)
			at.key[at.len++] = DATUM_DELEGATED;
		else if (d->data[0] < DATUM_NETWORK)
			at.key[at.len++] = DATUM_NETWORK;
		else {
			d = RB_NEXT(datum_tree, &core->data, d);
			continue;
		}
		d = table_at(core, &at);
	}
	return d;
}

/* Those of one network are together, behind this key. */
static struct datum *
lease_first(struct core *core, const struct ctl_cursor *cursor)
{
	const uint8_t		 least = 0;
	struct ctl_cursor	 at = { .started = 1 };
	struct network		*net;

	if (cursor->started || cursor->network[0] == '\0')
		return table_at(core, cursor);
	if ((net = network_named(core, cursor->network)) == NULL)
		return NULL;
	at.len = network_key(net, &least, sizeof(least), at.key);
	return table_at(core, &at);
}

int
core_show_lease(struct core *core, struct ctl_cursor *cursor,
    struct ctl_lease *l, monotime_t now)
{
	struct datum		*d;
	const struct network	*net;

	memset(l, 0, sizeof(*l));
	d = lease_from(core, lease_first(core, cursor));
	if (d == NULL || !lease_prefix(d, &l->prefix))
		return 0;
	net = network_of_key(core, d->data, d->keylen);
	if (!network_meant(core, net, cursor->network))
		return 0;
	cursor_set(cursor, d->data, d->keylen);
	network_scope(core, net, &l->scope);
	l->delegated = lease_kind(d) == LEASE_DELEGATED;
	l->mac = *lease_mac(d);
	l->remaining = datum_remaining(d, now);
	l->seqno = d->seqno;
	if (!datum_live(d, now))
		l->state = CTL_LEASE_RELEASED;
	else if (!mac_is_station(&l->mac))
		l->state = CTL_LEASE_DECLINED;
	if (d->station != NULL)
		show_place(core, d->station, &l->router, l->router_name,
		    sizeof(l->router_name));
	return 1;
}

/* Those of one network among all, which are in the order of MAC addresses. */
static struct station *
station_shown(struct core *core, const struct ctl_cursor *cursor)
{
	struct network	*net = network_named(core, cursor->network);
	struct station	*s, key;

	memset(&key, 0, sizeof(key));
	memcpy(&key.net, cursor->key, sizeof(key.net));
	memcpy(&key.mac, cursor->key + sizeof(key.net), sizeof(key.mac));
	if (cursor->network[0] != '\0' && net == NULL)
		return NULL;
	s = CURSOR_NEXT(station_tree, &core->lease->stations, cursor, &key);
	while (s != NULL && cursor->network[0] != '\0' && s->network != net)
		s = RB_NEXT(station_tree, &core->lease->stations, s);
	return s;
}

int
core_show_station(struct core *core, struct ctl_cursor *cursor,
    struct ctl_station *c, monotime_t now)
{
	struct station	*s = station_shown(core, cursor);
	uint8_t		 at[sizeof(s->net) + sizeof(s->mac)];
	struct datum	*d;
	struct assoc	*a;

	memset(c, 0, sizeof(*c));
	if (s == NULL)
		return 0;
	memcpy(at, &s->net, sizeof(s->net));
	memcpy(at + sizeof(s->net), &s->mac, sizeof(s->mac));
	cursor_set(cursor, at, sizeof(at));
	network_scope(core, s->network, &c->scope);
	c->mac = s->mac;
	c->moves = station_moves(core, s, now);
	c->flapping = station_flaps(core, s, now);
	show_place(core, s, &c->router, c->router_name,
	    sizeof(c->router_name));
	if ((d = s->location) != NULL) {
		c->seqno = d->seqno;
		c->lifetime = datum_remaining(d, now);
		c->since = (uint64_t)monotime_ms(d->claimed, now);
	}
	if ((a = assoc_here(s)) != NULL) {
		c->here = 1;
		c->heard = (uint32_t)(monotime_ms(a->heard, now) / 1000);
		memcpy(c->interface, a->iface->link.name,
		    sizeof(c->interface));
		memcpy(c->port, a->port_name, sizeof(c->port));
	}
	LIST_FOREACH(d, &s->leases, lease)
		if (datum_live(d, now) && c->nprefixes < CTL_STATION_PREFIXES &&
		    lease_prefix(d, &c->prefixes[c->nprefixes]))
			c->lifetimes[c->nprefixes++] = datum_remaining(d, now);
	return 1;
}

/* Whether what must be alike is configured there as it is here. */
static enum ctl_alike
alike(const struct core *core, const struct router *r)
{
	if (!r->info.has_config)
		return CTL_ALIKE_UNKNOWN;
	return memcmp(r->info.config, core->lease->alike, ROUTER_CONFIG) == 0 ?
	    CTL_ALIKE_YES : CTL_ALIKE_NO;
}

int
core_show_router(struct core *core, struct ctl_cursor *cursor,
    struct ctl_router *c, monotime_t now)
{
	struct router	*r, key;

	memset(c, 0, sizeof(*c));
	memcpy(&key.info.id, cursor->key, sizeof(key.info.id));
	r = CURSOR_NEXT(router_tree, &core->lease->routers, cursor, &key);
	if (r == NULL)
		return 0;
	cursor_set(cursor, &r->info.id, sizeof(r->info.id));
	c->id = r->info.id;
	memcpy(c->name, r->info.name, sizeof(r->info.name));
	memcpy(c->version, r->info.version, sizeof(r->info.version));
	c->addr4 = r->info.addr4;
	c->addr6 = r->info.addr6;
	c->stations = r->nstations;
	c->self = router_is_self(core, r);
	if (r->datum != NULL) {
		c->known = 1;
		c->lifetime = datum_remaining(r->datum, now);
		c->heard = (uint32_t)(monotime_ms(r->datum->claimed, now) /
		    1000);
		c->session = r->datum->from;
		c->silent = r->silent;
		c->hops = r->hops;
		core->ops.fingerprint(core->ops.arg, &r->info.key,
		    c->fingerprint);
		c->cloned = router_is_cloned(r, now);
		c->alike = alike(core, r);
	}
	return 1;
}

void
core_show_status(struct core *core, struct ctl_status *c, monotime_t now)
{
	const char	*warning;

	*c = core->counters;
	c->id = core->self;
	memcpy(c->name, core->conf.name, sizeof(c->name) - 1);
	strncpy(c->version, VERSION, sizeof(c->version) - 1);
	c->uptime = (uint64_t)monotime_ms(core->start, now) / 1000;
	c->prefixes = core->lease->networks.prefixes.n;
	c->interfaces = (uint32_t)core->lease->nconf_ifaces;
	c->interfaces_up = core->lease->nifaces;
	c->peers = (uint32_t)core->nconf_peers;
	c->peers_up = core->npeers;
	c->routers = core->lease->nrouters;
	c->stations = core->lease->nstations;
	c->stations_here = core->lease->nassocs;
	c->leases4 = core->lease->nleases[LEASE_ADDRESS];
	c->leases6 = core->lease->nleases[LEASE_PREFIX];
	c->delegated = core->lease->nleases[LEASE_DELEGATED];
	c->started = core->started;
	c->data = core->ndata;
	c->table_octets = room_used(core);
	c->table_limit = room_limit(core);
	if ((warning = router_self_warning(core, now)) != NULL)
		strlcpy(c->warning, warning, sizeof(c->warning));
}

void
core_show_memory(const struct core *core, uint64_t *objects, uint64_t *bytes)
{
	*objects = core->ndata;
	*bytes = room_used(core);
}
