/* SPDX-License-Identifier: ISC */
/* What keeps networks apart, by the configuration: isolate_want.h. */
#include <sys/socket.h>

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/isolate.h"
#include "kernel/isolate_want.h"
#include "kernel/nlmsg.h"
#include "kernel/state.h"

static const int families[] = { AF_INET, AF_INET6 };

static size_t	room_for(const struct conf *);
static void	make_routes(struct kernel *, const struct conf *, uint32_t);
static void	let_through(struct kernel *, const struct conf_network *,
		    uint32_t, const struct conf_network *);
static void	add_route(struct kernel *, uint32_t, uint8_t,
		    const struct prefix *);
static void	sort_routes(struct kisolate *);
static void	make_rules(struct kernel *, const struct conf *);
static bool	has_family(const struct kisolate *, uint32_t, int);
static int	route_cmp(const void *, const void *);
static int	rule_cmp(const void *, const void *);

/* One for each network: conf/check.c sees to it that they fit. */
uint32_t
isolate_table(const struct kernel *k, uint32_t network)
{
	return k->conf.table * CONF_TABLE_STEP + network;
}

/* In front of our rule, and of the kernel's, that leads into VRFs. */
uint32_t
isolate_priority(const struct kernel *k)
{
	return (k->conf.rule_priority < CONF_VRF_RULE ?
	    k->conf.rule_priority : CONF_VRF_RULE) - 1;
}

void
isolate_make(struct kernel *k, const struct conf *conf)
{
	size_t room = room_for(conf);
	uint32_t i;

	if (room == 0)
		return;
	if ((k->isolate.routes = calloc(room,
	    sizeof(*k->isolate.routes))) == NULL ||
	    (k->isolate.rules = calloc(2 * conf->nifaces + 1,
	    sizeof(*k->isolate.rules))) == NULL)
		fatal("networks");
	for (i = 0; i < conf->nnetworks; i++)
		make_routes(k, conf, i);
	sort_routes(&k->isolate);
	make_rules(k, conf);
}

/* Each network may not reach all others, and what it prohibits. */
static size_t
room_for(const struct conf *conf)
{
	size_t i, prefixes = 0, prohibits = 0;

	for (i = 0; i < conf->nnetworks; i++) {
		prefixes += conf->networks[i].nprefixes;
		prohibits += conf->networks[i].nprohibits;
	}
	if (conf->nnetworks < 2 && prohibits == 0)
		return 0;
	return conf->nnetworks * prefixes + prohibits;
}

static void
make_routes(struct kernel *k, const struct conf *conf, uint32_t n)
{
	const struct conf_network *net = &conf->networks[n], *other;
	uint32_t i, j;

	for (i = 0; i < net->nprohibits; i++)
		add_route(k, n, RTN_PROHIBIT, &net->prohibits[i]);
	for (i = 0; i < conf->nnetworks; i++) {
		other = &conf->networks[i];
		if (conf_reaches(net, other)) {
			let_through(k, net, n, other);
			continue;
		}
		for (j = 0; j < other->nprefixes; j++)
			add_route(k, n, RTN_PROHIBIT, &other->prefixes[j]);
	}
}

/* What is its own or may be reached, inside of what it prohibits. */
static void
let_through(struct kernel *k, const struct conf_network *net, uint32_t n,
    const struct conf_network *other)
{
	uint32_t i, j;

	for (j = 0; j < other->nprefixes; j++)
		for (i = 0; i < net->nprohibits; i++)
			if (net->prohibits[i].len < other->prefixes[j].len &&
			    prefix_covers(&net->prohibits[i],
			    &other->prefixes[j])) {
				add_route(k, n, RTN_THROW,
				    &other->prefixes[j]);
				break;
			}
}

static void
add_route(struct kernel *k, uint32_t network, uint8_t type,
    const struct prefix *prefix)
{
	struct kisolate_route *r = &k->isolate.routes[k->isolate.nroutes++];

	r->table = isolate_table(k, network);
	r->type = type;
	r->prefix = *prefix;
	k->isolate.tables[network] = true;
}

/* Once each.  What is prohibited by name is so, whoever may be reached. */
static void
sort_routes(struct kisolate *all)
{
	size_t i, n = 0;

	qsort(all->routes, all->nroutes, sizeof(all->routes[0]), route_cmp);
	for (i = 0; i < all->nroutes; i++) {
		if (n > 0 && route_cmp(&all->routes[n - 1],
		    &all->routes[i]) == 0) {
			if (all->routes[i].type == RTN_PROHIBIT)
				all->routes[n - 1].type = RTN_PROHIBIT;
			continue;
		}
		all->routes[n++] = all->routes[i];
	}
	all->nroutes = n;
}

static void
make_rules(struct kernel *k, const struct conf *conf)
{
	struct kisolate *all = &k->isolate;
	struct kisolate_rule *r;
	size_t i, f;

	for (i = 0; i < conf->nifaces; i++)
		for (f = 0; f < 2; f++) {
			r = &all->rules[all->nrules];
			r->table = isolate_table(k, conf->ifaces[i].network);
			r->family = (uint8_t)families[f];
			strlcpy(r->iif, conf->ifaces[i].name, sizeof(r->iif));
			if (has_family(all, r->table, families[f]))
				all->nrules++;
		}
	qsort(all->rules, all->nrules, sizeof(all->rules[0]), rule_cmp);
}

static bool
has_family(const struct kisolate *all, uint32_t table, int family)
{
	size_t i;

	for (i = 0; i < all->nroutes; i++)
		if (all->routes[i].table == table &&
		    addr_family(&all->routes[i].prefix.addr) == family)
			return true;
	return false;
}

static int
route_cmp(const void *a, const void *b)
{
	const struct kisolate_route *x = a, *y = b;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	return prefix_cmp(&x->prefix, &y->prefix);
}

static int
rule_cmp(const void *a, const void *b)
{
	const struct kisolate_rule *x = a, *y = b;
	int c = strcmp(x->iif, y->iif);

	return c != 0 ? c : x->family - y->family;
}

struct kisolate_route *
isolate_find_route(const struct kernel *k, const struct kernel_rt *rt)
{
	struct kisolate_route key = { .table = rt->table }, *r;

	if (k->isolate.nroutes == 0)
		return NULL;
	key.prefix = rt->prefix;
	r = bsearch(&key, k->isolate.routes, k->isolate.nroutes, sizeof(key),
	    route_cmp);
	return r != NULL && rt->type == r->type && rt->tos == 0 &&
	    rt->proto == PROTO_LOCAL && rt->metric ==
	    (rt->family == AF_INET ? 0 : ISOLATE_METRIC6) ? r : NULL;
}

struct kisolate_rule *
isolate_find_rule(const struct kernel *k, const struct kernel_rule *rule)
{
	struct kisolate_rule key = { .family = rule->family }, *r;

	if (k->isolate.nrules == 0 || !rule->by_iface ||
	    rule->priority != isolate_priority(k))
		return NULL;
	strlcpy(key.iif, rule->iif, sizeof(key.iif));
	r = bsearch(&key, k->isolate.rules, k->isolate.nrules, sizeof(key),
	    rule_cmp);
	return r != NULL && r->table == rule->table ? r : NULL;
}
