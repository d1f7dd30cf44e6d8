/* SPDX-License-Identifier: ISC */
/*
 * Invariants: at every step, and once the network is quiet and connected
 * (sroam-flood(7)).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "regress/unit/covers.h"
#include "sim.h"

#define FADING	20		/* s: one may have removed it already */
#define ROUTER_LIFE	3600
#define ON_ITS_WAY	5	/* s */

struct table {
	struct update	*data;
	int		 n;
};

/* In range, and not the network, broadcast or gateway address. */
bool
check_assignable(struct sim *sim, const struct addr *addr)
{
	const struct prefix *prefix;
	struct addr gateway, last;
	uint32_t i, bit;
	int net = net_of_addr(sim, addr);

	if (net == -1)
		return false;
	gateway = net_gateway((uint32_t)net);
	if (addr_cmp(addr, &gateway) == 0)
		return false;
	for (i = 0; i < sim->conf->networks[net].nprefixes; i++) {
		prefix = &sim->conf->networks[net].prefixes[i];
		if (!prefix_is_v4(prefix) || !prefix_contains(prefix, addr))
			continue;
		last = prefix->addr;
		for (bit = prefix->len; bit < 128; bit++)
			last.octet[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		return addr_cmp(addr, &prefix->addr) != 0 &&
		    addr_cmp(addr, &last) != 0;
	}
	return false;
}

/*
 * Nobody is asked on the link: the kernel has an entry for what the route leads
 * to, of IPv4 by the route itself.
 */
static void
check_owner(struct router *router, const struct route *route)
{
	struct mac mac;

	if (prefix_is_v4(&route->prefix))
		return;
	mac = ap_neigh_mac(router, route->ifindex, &route->gateway);
	if (!addr_is_linklocal(&route->gateway) ||
	    mac_cmp(&mac, &route->mac) != 0)
		sim_fail(router->sim, "r%d: route %s by %s, which is %s, not "
		    "%s", router->index, prefix_text(&route->prefix),
		    addr_text(&route->gateway), mac_text(&mac),
		    mac_text(&route->mac));
}

void
check_on(struct router *router, uint32_t ifindex, const struct addr *addr,
    const char *what)
{
	uint32_t net = net_of_iface(ifindex);

	if (addr_is_none(addr) || addr_is_linklocal(addr))
		return;
	if (!net_is_served(router, net))
		sim_fail(router->sim, "r%d %s %s on interface %u, which it "
		    "has not", router->index, what, addr_text(addr), ifindex);
	else if (net_of_addr(router->sim, addr) != (int)net)
		sim_fail(router->sim, "r%d %s %s in another network, on "
		    "interface %u", router->index, what, addr_text(addr),
		    ifindex);
}

void
check_route(struct router *router, const struct route *route)
{
	struct sim *sim = router->sim;
	const struct prefix *prefix = &route->prefix;
	int net = net_of(sim, prefix);

	if (!is_covered(sim->conf, prefix))
		sim_fail(sim, "r%d: route %s is outside all prefixes",
		    router->index, prefix_text(prefix));
	if (!is_leasable(sim->conf, prefix))
		sim_fail(sim, "r%d: route %s is not a station's",
		    router->index, prefix_text(prefix));
	if (route->kind == ROUTE_NONE)
		return;
	if (prefix_is_v4(prefix) && !check_assignable(sim, &prefix->addr))
		sim_fail(sim, "r%d: route %s cannot be a station's",
		    router->index, prefix_text(prefix));
	if (!mac_is_station(&route->mac))
		sim_fail(sim, "r%d: route %s has no station", router->index,
		    prefix_text(prefix));
	if (net == -1 || !net_is_known(router, (uint32_t)net))
		sim_fail(sim, "r%d: route %s of a network that it has not",
		    router->index, prefix_text(prefix));
	if (route->kind == ROUTE_LOCAL)
		check_on(router, route->ifindex, &prefix->addr, "routes");
	if (route->kind == ROUTE_LOCAL)
		check_owner(router, route);
	if (route->kind == ROUTE_DIRECT &&
	    (!sim->conf->global.direct ||
	    router_id_is_none(&route->router) ||
	    router_id_cmp(&route->router, &router->id) == 0))
		sim_fail(sim, "r%d: direct route %s to %s", router->index,
		    prefix_text(prefix), router_id_text(&route->router));
}

static void
take(struct router *router, struct table *table)
{
	struct sim *sim = router->sim;
	struct ctl_cursor cursor;
	struct update update;
	int cap = 0;

	memset(&cursor, 0, sizeof(cursor));
	memset(table, 0, sizeof(*table));
	memset(&update, 0, sizeof(update));
	while (core_show_datum(router->core, &cursor, &update,
	    ap_now(router))) {
		if (table->n == 100000) {
			sim_fail(sim, "r%d: listing does not end",
			    router->index);
			return;
		}
		if (sim->v1 && !is_of_v1(&update))
			continue;
		if (table->n == cap) {
			cap = cap != 0 ? cap * 2 : 64;
			table->data = realloc(table->data,
			    (size_t)cap * sizeof(update));
			if (table->data == NULL)
				abort();
		}
		table->data[table->n++] = update;
		memset(&update, 0, sizeof(update));
	}
}

static int
key_cmp(const struct update *a, const struct update *b)
{
	int len = a->keylen < b->keylen ? a->keylen : b->keylen;
	int cmp = memcmp(a->data, b->data, (size_t)len);

	return cmp != 0 ? cmp : a->keylen - b->keylen;
}

static const char *
datum_text(const struct update *u)
{
	static char text[2][600];
	static int turn;
	char *p = text[turn = !turn];
	int i, len = 0;

	for (i = 0; i < u->keylen + u->vallen; i++)
		len += snprintf(p + len, 600 - (size_t)len, "%s%02x",
		    i == u->keylen ? "=" : "", u->data[i]);
	snprintf(p + len, 600 - (size_t)len, " seqno %" PRIu64 " life %u",
	    u->seqno, u->lifetime);
	return p;
}

/*
 * Routers say their data anew every two minutes, whatever else is quiet: what
 * is that young may be on its way.
 */
static bool
on_its_way(const struct update *u)
{
	return u->data[0] == DATUM_ROUTER &&
	    u->lifetime >= ROUTER_LIFE - ON_ITS_WAY;
}

/* The same data, but for those that expire soon. */
static void
compare(struct sim *sim, const struct table *a, const struct table *b, int who)
{
	int i = 0, j = 0, cmp;
	const struct update *x, *y;

	while (!sim->failed && (i < a->n || j < b->n)) {
		x = i < a->n ? &a->data[i] : NULL;
		y = j < b->n ? &b->data[j] : NULL;
		cmp = x == NULL ? 1 : y == NULL ? -1 : key_cmp(x, y);
		i += cmp <= 0;
		j += cmp >= 0;
		if (cmp < 0 && x->lifetime > FADING)
			sim_fail(sim, "r%d has not %s", who, datum_text(x));
		else if (cmp > 0 && y->lifetime > FADING)
			sim_fail(sim, "r%d alone has %s", who, datum_text(y));
		else if (cmp == 0 && (on_its_way(x) || on_its_way(y)))
			continue;
		else if (cmp == 0 && (x->seqno != y->seqno ||
		    x->vallen != y->vallen || memcmp(x->data + x->keylen,
		    y->data + y->keylen, x->vallen) != 0) &&
		    (x->lifetime > FADING || y->lifetime > FADING))
			sim_fail(sim, "tables differ: %s, at r%d %s",
			    datum_text(x), who, datum_text(y));
	}
}

static const struct update *
datum(const struct table *table, const void *key, int keylen)
{
	struct update want;
	int low = 0, high = table->n, mid, cmp;

	memset(&want, 0, sizeof(want));
	want.keylen = (uint8_t)keylen;
	memcpy(want.data, key, (size_t)keylen);
	while (low < high) {
		mid = (low + high) / 2;
		cmp = key_cmp(&want, &table->data[mid]);
		if (cmp == 0)
			return &table->data[mid];
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static const struct update *
location(struct sim *sim, const struct table *table, const struct mac *mac,
    uint32_t net)
{
	uint8_t plain[7] = { DATUM_LOCATION }, key[KEY_MAX];

	memcpy(plain + 1, mac->octet, 6);
	return datum(table, key, net_key(sim, net, plain, 7, key));
}

static bool
leased(struct sim *sim, const struct table *table,
    const struct prefix *prefix, const struct mac *mac)
{
	uint8_t key[10] = { DATUM_DELEGATED, prefix->len }, whole[KEY_MAX];
	const struct update *u;
	uint8_t keylen = 10;
	int net = net_of(sim, prefix);

	memcpy(key + 2, prefix->addr.octet, 8);
	if (prefix_is_v4(prefix)) {
		key[0] = DATUM_LEASE4;
		memcpy(key + 1, addr_v4(&prefix->addr), 4);
		keylen = 5;
	} else if (prefix->len == 64) {
		key[0] = DATUM_LEASE6;
		memcpy(key + 1, prefix->addr.octet, 8);
		keylen = 9;
	}
	if (net == -1)
		return false;
	u = datum(table, whole, net_key(sim, (uint32_t)net, key, keylen,
	    whole));
	return u != NULL && u->vallen == 6 && u->lifetime > 0 &&
	    memcmp(u->data + u->keylen, mac->octet, 6) == 0;
}

/* One prefix of a station, at one router. */
static void
check_prefix_at(struct router *router, const struct station *station,
    const struct prefix *prefix)
{
	struct sim *sim = router->sim;
	const struct fib_entry *entry = ap_route(router, prefix);

	if (!net_is_known(router, station->net)) {
		if (entry != NULL)
			sim_fail(sim, "r%d has not the network of %s, and "
			    "routes %s", router->index,
			    mac_text(&station->mac), prefix_text(prefix));
		return;
	}
	if (router == station->at) {
		if (entry == NULL || entry->route.kind != ROUTE_LOCAL)
			sim_fail(sim, "r%d has station %s, no local route "
			    "for %s", router->index, mac_text(&station->mac),
			    prefix_text(prefix));
		else if (mac_cmp(&entry->route.mac, &station->mac) != 0)
			sim_fail(sim, "r%d: route %s is for %s",
			    router->index, prefix_text(prefix),
			    mac_text(&entry->route.mac));
		else
			check_owner(router, &entry->route);
		return;
	}
	if (entry != NULL && entry->route.kind == ROUTE_LOCAL)
		sim_fail(sim, "r%d keeps a local route for %s of %s",
		    router->index, prefix_text(prefix),
		    mac_text(&station->mac));
	else if (entry != NULL &&
	    router_id_cmp(&entry->route.router, &station->at->id) != 0)
		sim_fail(sim, "r%d routes %s to %s, it is at r%d",
		    router->index, prefix_text(prefix),
		    router_id_text(&entry->route.router),
		    station->at->index);
	else if (entry != NULL && !router->nexthops[station->at->index])
		sim_fail(sim, "r%d routes %s to r%d without a next hop",
		    router->index, prefix_text(prefix), station->at->index);
	else if (entry == NULL && sim->conf->global.direct && !sim->v1)
		sim_fail(sim, "r%d has no direct route for %s at r%d",
		    router->index, prefix_text(prefix), station->at->index);
}

/*
 * On a bridge, or at a radio without hostapd, nothing can make a station ask
 * before its renewal is due: until then a station that lost its lease uses it.
 * It has no route.
 */
static bool
waits_for_renewal(const struct station *station)
{
	return router_is_bridge(station->at) || !router_drops(station->at);
}

static void
check_prefix(struct sim *sim, const struct table *table,
    const struct station *station, const struct prefix *prefix)
{
	int i;

	if (net_of(sim, prefix) != (int)station->net) {
		sim_fail(sim, "%s uses %s, which is of another network",
		    mac_text(&station->mac), prefix_text(prefix));
		return;
	}
	if (!leased(sim, table, prefix, &station->mac)) {
		if (prefix_is_v4(prefix) && waits_for_renewal(station))
			return;
		sim_fail(sim, "%s uses %s, which is not leased to it",
		    mac_text(&station->mac), prefix_text(prefix));
		return;
	}
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core != NULL)
			check_prefix_at(sim->routers[i], station, prefix);
}

static void
check_station(struct sim *sim, const struct table *table,
    const struct station *station)
{
	const struct update *u = location(sim, table, &station->mac,
	    station->net);
	struct prefix host;

	if (u == NULL || u->vallen != 8) {
		sim_fail(sim, "%s is at r%d, and nobody knows",
		    mac_text(&station->mac), station->at->index);
		return;
	}
	if (memcmp(u->data + u->keylen, station->at->id.octet, 8) != 0) {
		sim_fail(sim, "%s is at r%d, the table says %s",
		    mac_text(&station->mac), station->at->index,
		    datum_text(u));
		return;
	}
	if (!station->no_dhcp && addr_is_none(&station->addr)) {
		sim_fail(sim, "%s got no IPv4 address",
		    mac_text(&station->mac));
		return;
	}
	if (!addr_is_none(&station->addr)) {
		prefix_host(&host, &station->addr);
		check_prefix(sim, table, station, &host);
	}
	if (!addr_is_none(&station->second)) {
		prefix_host(&host, &station->second);
		check_prefix(sim, table, station, &host);
	}
	if (station->has_old6 && !leased(sim, table, &station->old6,
	    &station->mac))
		sim_fail(sim, "%s did not learn that %s is not its own",
		    mac_text(&station->mac), prefix_text(&station->old6));
	if (!station->has6)
		sim_fail(sim, "%s got no IPv6 prefix",
		    mac_text(&station->mac));
	else
		check_prefix(sim, table, station, &station->prefix6);
	if (station->delegated.len != 0)
		check_prefix(sim, table, station, &station->delegated);
	else if (station->delegates)
		sim_fail(sim, "%s was delegated no prefix",
		    mac_text(&station->mac));
	if (station->released.len != 0 && leased(sim, table,
	    &station->released, &station->mac))
		sim_fail(sim, "%s has released %s, and it is leased to it",
		    mac_text(&station->mac), prefix_text(&station->released));
	if (station->has6 && monotime_before(station->ra_end, sim->now))
		sim_fail(sim, "%s: what the RA said has run out",
		    mac_text(&station->mac));
}

/* Every route is for a lease of a station that has a location. */
static void
check_stray(struct sim *sim, const struct table *table, struct router *router)
{
	struct fib_entry *entry;
	const struct update *u;

	RB_FOREACH(entry, fib, &router->fib) {
		u = location(sim, table, &entry->route.mac,
		    (uint32_t)net_of(sim, &entry->route.prefix));
		if (!leased(sim, table, &entry->route.prefix,
		    &entry->route.mac))
			sim_fail(sim, "r%d: stray route %s of %s, no lease",
			    router->index, prefix_text(&entry->route.prefix),
			    mac_text(&entry->route.mac));
		else if (u == NULL || u->vallen != 8 || memcmp(u->data +
		    u->keylen, entry->route.kind == ROUTE_LOCAL ?
		    router->id.octet : entry->route.router.octet, 8) != 0)
			sim_fail(sim, "r%d: route %s to where %s is not",
			    router->index, prefix_text(&entry->route.prefix),
			    mac_text(&entry->route.mac));
	}
}

static void
check_unique(struct sim *sim)
{
	const struct station *a, *b;
	int i, j;

	for (i = 0; i < sim->nstations; i++) {
		a = sim->stations[i];
		if (a->at == NULL)
			continue;
		for (j = 0; j < i; j++) {
			b = sim->stations[j];
			if (b->at == NULL)
				continue;
			if (!addr_is_none(&a->addr) &&
			    addr_cmp(&a->addr, &b->addr) == 0 &&
			    !waits_for_renewal(a) && !waits_for_renewal(b))
				sim_fail(sim, "%s and %s both use %s",
				    mac_text(&a->mac), mac_text(&b->mac),
				    addr_text(&a->addr));
			if (a->has6 && b->has6 &&
			    prefix_cmp(&a->prefix6, &b->prefix6) == 0)
				sim_fail(sim, "%s and %s both use %s",
				    mac_text(&a->mac), mac_text(&b->mac),
				    prefix_text(&a->prefix6));
			if (a->delegated.len != 0 && b->delegated.len != 0 &&
			    prefix_overlaps(&a->delegated, &b->delegated))
				sim_fail(sim, "%s and %s are delegated %s",
				    mac_text(&a->mac), mac_text(&b->mac),
				    prefix_text(&a->delegated));
		}
	}
}

/* All hold the same; the table of the first. */
static struct table
check_tables(struct sim *sim)
{
	struct table first = { NULL, 0 }, table;
	int i, one = -1;

	for (i = 0; i < sim->nrouters && !sim->failed; i++) {
		if (sim->routers[i]->core == NULL)
			continue;
		if (!sim->routers[i]->started)
			sim_fail(sim, "r%d has not started", i);
		if (one == -1) {
			take(sim->routers[one = i], &first);
			continue;
		}
		take(sim->routers[i], &table);
		compare(sim, &first, &table, i);
		free(table.data);
	}
	return first;
}

void
check_equal(struct sim *sim)
{
	free(check_tables(sim).data);
}

bool
check_holds(struct sim *sim, const struct update *want)
{
	struct table table;
	const struct update *u;
	bool same = true;
	int i;

	for (i = 0; i < sim->nrouters && same; i++) {
		if (sim->routers[i]->core == NULL)
			continue;
		take(sim->routers[i], &table);
		u = datum(&table, want->data, want->keylen);
		same = u != NULL && u->seqno == want->seqno &&
		    u->vallen == want->vallen && memcmp(u->data, want->data,
		    (size_t)u->keylen + u->vallen) == 0;
		free(table.data);
	}
	return same;
}

/*
 * A packet from a router on: where there is no route it goes to the first
 * router, by default, and from there out.  So a route to a router that has
 * none makes a loop.
 */
static void
follow(struct sim *sim, struct router *router, const struct prefix *prefix)
{
	struct router *first = sim->routers[0], *at = router;
	const struct fib_entry *entry;
	int hops;

	for (hops = 0; hops <= sim->nrouters; hops++) {
		entry = ap_route(at, prefix);
		if (entry == NULL && at == first)
			return;
		if (entry != NULL && entry->route.kind == ROUTE_LOCAL) {
			check_on(at, entry->route.ifindex, &prefix->addr,
			    "sends");
			return;
		}
		at = entry == NULL ? first : ap_find(sim,
		    &entry->route.router);
		if (at == NULL || !ap_is_up(at))
			return;
	}
	sim_fail(sim, "packets from r%d to %s go round and round",
	    router->index, prefix_text(prefix));
}

void
check_ways(struct sim *sim)
{
	struct fib_entry *entry;
	int i, j;

	for (i = 0; i < sim->nrouters; i++)
		RB_FOREACH(entry, fib, &sim->routers[i]->fib) {
			/* From where it is looked at first. */
			for (j = 0; j < i; j++)
				if (ap_route(sim->routers[j],
				    &entry->route.prefix) != NULL)
					break;
			if (j < i)
				continue;
			for (j = 0; j < sim->nrouters && !sim->failed; j++)
				follow(sim, sim->routers[j],
				    &entry->route.prefix);
		}
}

/* A live lease under the name of a network is inside of it. */
static void
check_names(struct sim *sim, const struct table *table)
{
	const struct update *u;
	const uint8_t *key;
	struct addr addr;
	int i, net, len;

	for (i = 0; i < table->n && !sim->failed; i++) {
		u = &table->data[i];
		net = net_inner(sim, u, &key, &len);
		memset(&addr, 0, sizeof(addr));
		if (net == -1 || u->lifetime == 0)
			continue;
		if (key[0] == DATUM_LEASE4 && len == 5)
			addr_from_v4(&addr, key + 1);
		else if (key[0] == DATUM_LEASE6 && len == 9)
			memcpy(addr.octet, key + 1, 8);
		else if (key[0] == DATUM_DELEGATED && len == 10)
			memcpy(addr.octet, key + 2, 8);
		else
			continue;
		if (net_of_addr(sim, &addr) != net)
			sim_fail(sim, "a lease of %s under the name of "
			    "network %d", addr_text(&addr), net);
	}
}

/* The whole of section 5, once nothing has happened for a while. */
void
check_quiet(struct sim *sim)
{
	struct table first = { NULL, 0 };
	struct station *station;
	int i;

	check_ways(sim);
	first = check_tables(sim);
	check_unique(sim);
	if (!sim->strangers)
		check_names(sim, &first);
	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		station = sim->stations[i];
		if (station->at != NULL)
			check_station(sim, &first, station);
	}
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core != NULL)
			check_stray(sim, &first, sim->routers[i]);
	free(first.data);
}

/* Stations that left without a word have no location and no routes any more. */
void
check_gone(struct sim *sim)
{
	struct table table = { NULL, 0 };
	const struct update *u;
	int i;

	take(sim->routers[0], &table);
	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		if (sim->stations[i]->at != NULL)
			continue;
		u = location(sim, &table, &sim->stations[i]->mac,
		    sim->stations[i]->net);
		if (u != NULL && u->vallen != 0)
			sim_fail(sim, "%s is gone, the table says %s",
			    mac_text(&sim->stations[i]->mac), datum_text(u));
	}
	free(table.data);
}

void
check_heard(struct sim *sim)
{
	struct ctl_cursor cursor;
	struct ctl_router c;
	struct router *router, *other;
	int i;

	for (i = 0; i < sim->nrouters && !sim->failed; i++) {
		router = sim->routers[i];
		if (router->core == NULL)
			continue;
		memset(&cursor, 0, sizeof(cursor));
		while (core_show_router(router->core, &cursor, &c,
		    ap_now(router)) == 1) {
			other = ap_find(sim, &c.id);
			if (other != NULL && ap_is_up(other) && c.silent)
				sim_fail(sim, "r%d is there, r%d has not heard "
				    "of it for %u s", other->index,
				    router->index, c.heard);
		}
	}
}
