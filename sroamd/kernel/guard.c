/* SPDX-License-Identifier: ISC */
/* Rules of nftables that keep networks and gateways: guard.h. */
#include <linux/netfilter.h>
#include <string.h>

#include "common/log.h"
#include "kernel/check.h"
#include "kernel/guard.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/state.h"

#define OPEN_ROUTER	0x1	/* its own addresses */
#define OPEN_SOURCES	0x2

static struct guard_table	*find(struct kernel *, uint8_t, const char *);
static void			 at_hook(struct guard_table *, uint32_t);
static bool			 is_ours(const struct kernel *,
				    const struct kernel_nft_rule *);
static bool			 is_iface(const struct kiface *,
				    const struct kernel_nft_rule *);
static bool			 has_gateway(const struct kiface *,
				    const struct kernel_nft_rule *);
static unsigned int		 what_is_open(const struct kernel *);
static bool			 serves(const struct kernel *, bool);
static bool			 covers(const struct guard_table *, bool);
static void			 say(unsigned int);

void
guard_begin(struct kernel *k)
{
	struct kiface *i;

	k->guard.n = 0;
	k->guard.quiet = k->guard.overflow = false;
	TAILQ_FOREACH(i, &k->ifaces, entry)
		i->guarding = false;
}

void
guard_table(struct kernel *k, const struct kernel_nft_table *t)
{
	struct guard_table *to;

	if (strcmp(t->name, GUARD_QUIET) == 0)
		k->guard.quiet = true;
	if (k->guard.n == GUARD_TABLES) {
		k->guard.overflow = true;
		return;
	}
	to = &k->guard.tables[k->guard.n++];
	memset(to, 0, sizeof(*to));
	strlcpy(to->name, t->name, sizeof(to->name));
	to->family = t->family;
}

static struct guard_table *
find(struct kernel *k, uint8_t family, const char *name)
{
	unsigned int i;

	for (i = 0; i < k->guard.n; i++)
		if (k->guard.tables[i].family == family &&
		    strcmp(k->guard.tables[i].name, name) == 0)
			return &k->guard.tables[i];
	return NULL;
}

void
guard_chain(struct kernel *k, const struct kernel_nft_chain *c)
{
	struct guard_table *t = find(k, c->family, c->table);

	if (t == NULL || !c->hooked)
		return;
	at_hook(t, c->hook);
	if (c->hook == NF_INET_LOCAL_IN && c->drops &&
	    t->family != NFPROTO_NETDEV)
		t->drops = true;
}

/* The hooks of a bridge have the numbers of those of IP. */
static void
at_hook(struct guard_table *t, uint32_t hook)
{
	if (t->family == NFPROTO_NETDEV)
		t->before = t->ifaces = true;	/* it is of an interface */
	else if (hook == NF_INET_LOCAL_IN)
		t->input = true;
	else if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_INGRESS)
		t->before = true;
	else if (hook == NF_INET_FORWARD)
		t->forward = true;
}

void
guard_rule(struct kernel *k, const struct kernel_nft_rule *r)
{
	struct guard_table *t = find(k, r->family, r->table);
	struct kiface *i;

	if (t == NULL)
		return;
	t->source4 |= r->source4;
	t->source6 |= r->source6;
	t->fib |= r->fib;
	if (!t->ifaces && is_ours(k, r))
		t->ifaces = true;
	if (t->family != NFPROTO_BRIDGE || !(t->forward || t->before) ||
	    (r->nmacs == 0 && !r->any_mac))
		return;
	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (has_gateway(i, r))
			i->guarding = true;
}

/* Whether it looks at an interface with stations; a set may have some. */
static bool
is_ours(const struct kernel *k, const struct kernel_nft_rule *r)
{
	const struct kiface *i;

	if (r->any_iface)
		return true;
	if (r->nnames == 0 && r->nindexes == 0)
		return false;
	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (is_iface(i, r))
			return true;
	return false;
}

static bool
is_iface(const struct kiface *i, const struct kernel_nft_rule *r)
{
	unsigned int n;

	for (n = 0; n < r->nnames; n++)
		if (r->part[n] ? strncmp(i->conf.name, r->names[n],
		    strlen(r->names[n])) == 0 :
		    strcmp(i->conf.name, r->names[n]) == 0)
			return true;
	for (n = 0; n < r->nindexes && i->node != NULL; n++)
		if (i->node->link.ifindex == r->indexes[n])
			return true;
	return false;
}

static bool
has_gateway(const struct kiface *i, const struct kernel_nft_rule *r)
{
	unsigned int n;

	if (r->any_mac)
		return true;
	for (n = 0; n < r->nmacs && i->node != NULL; n++)
		if (mac_cmp(&i->node->link.mac, &r->macs[n]) == 0)
			return true;
	return false;
}

void
guard_end(struct kernel *k, bool whole)
{
	struct kiface *i;
	unsigned int open;

	if (whole) {
		open = what_is_open(k);
		if ((open & ~k->guard.said) != 0)
			say(open);
		k->guard.said = open;
		TAILQ_FOREACH(i, &k->ifaces, entry)
			i->guarded = i->guarding;
	}
	k->guard.looked = true;
	check_isolation(k);
}

void
guard_forget(struct kernel *k)
{
	k->guard.said = 0;
}

static unsigned int
what_is_open(const struct kernel *k)
{
	const struct kguard *g = &k->guard;
	unsigned int v, i, open = 0;
	bool router, sources;

	if (k->names.n < 2 || g->quiet || g->overflow)
		return 0;
	for (v = 0; v < 2; v++) {
		if (!serves(k, v == 0))
			continue;
		router = sources = true;
		for (i = 0; i < g->n; i++) {
			if (!covers(&g->tables[i], v == 0))
				continue;
			if (g->tables[i].drops || (g->tables[i].input &&
			    g->tables[i].ifaces))
				router = false;
			if (g->tables[i].fib || (g->tables[i].ifaces &&
			    (g->tables[i].before || g->tables[i].forward) &&
			    (v == 0 ? g->tables[i].source4 :
			    g->tables[i].source6)))
				sources = false;
		}
		open |= (router ? OPEN_ROUTER : 0) |
		    (sources ? OPEN_SOURCES : 0);
	}
	return open;
}

/* Stations have addresses of this family. */
static bool
serves(const struct kernel *k, bool v4)
{
	uint32_t i;

	for (i = 0; i < k->prefixes.n; i++)
		if (prefix_is_v4(&k->prefixes.list[i].prefix) == v4)
			return true;
	return false;
}

static bool
covers(const struct guard_table *t, bool v4)
{
	return t->family == NFPROTO_INET || t->family == NFPROTO_NETDEV ||
	    t->family == (v4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

static void
say(unsigned int open)
{
	static const char *const what[] = {
		[OPEN_ROUTER] = "their stations reach all addresses of this "
		    "router",
		[OPEN_SOURCES] = "their stations can send from addresses of "
		    "other networks",
		[OPEN_ROUTER | OPEN_SOURCES] = "their stations reach all "
		    "addresses of this router, and can send from addresses of "
		    "other networks"
	};

	log_warnx("networks: %s: nftables has no rules like those of "
	    "networks.nft", what[open]);
}
