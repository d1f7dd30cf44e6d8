/* SPDX-License-Identifier: ISC */
/* Contradictions between the statements of a configuration. */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"
#include "conf/field.h"
#include "conf/setting.h"
#include "conf/value.h"

#define OFFSET(base, member) \
	((size_t)((const char *)(member) - (const char *)(base)))

static void		 keep_first(void *, const struct conf_fault *);
static const char	*first_wrong(enum conf_fields, const void *);
static bool		 check_numbers(struct conf_check *);
static bool		 check_all_settings(struct conf_check *);
static bool		 check_settings(struct conf_check *, enum conf_fields,
			    const void *, const char *);
static void		 check_setting(struct conf_check *,
			    const struct conf_field *, const void *, uint32_t,
			    const char *);
static void		 check_global(struct conf_check *);
static void		 check_isolation(struct conf_check *);
static void		 check_vrfs(struct conf_check *);
static void		 check_table(struct conf_check *,
			    const struct conf_network *);
static void		 check_network(struct conf_check *,
			    const struct conf_network *);
static void		 check_names(struct conf_check *,
			    const struct conf_network *);
static void		 check_stations(struct conf_check *,
			    const struct conf_network *);
static void		 check_boots(struct conf_check *,
			    const struct conf_network *);
static void		 check_router_addr(struct conf_check *,
			    const struct addr *);
static void		 check_prefix(struct conf_check *,
			    const struct conf_network *, uint32_t);
static void		 check_overlap(struct conf_check *,
			    const struct conf_network *, const struct prefix *);
static void		 report_overlap(struct conf_check *,
			    const struct prefix *, const struct prefix *,
			    const char *);
static const char	*reserved(const struct prefix *);
static void		 check_advert_route(struct conf_check *,
			    const struct conf_network *, uint32_t);
static void		 check_listen(struct conf_check *, uint32_t);
static void		 check_sources(struct conf_check *, uint32_t);
static void		 check_peer(struct conf_check *, uint32_t);
static bool		 same_peer(const struct conf_peer *,
			    const struct conf_peer *);
static void		 check_peer_from(struct conf_check *, uint32_t);
static void		 check_peer_host(struct conf_check *, uint32_t);
static void		 check_iface(struct conf_check *, uint32_t);
static void		 check_iface_name(struct conf_check *, uint32_t);
static void		 check_ports(struct conf_check *, uint32_t, uint32_t);
static void		 check_gateway(struct conf_check *, uint32_t, uint32_t);

const char	conf_no_memory[] = "no memory";

const char *
conf_check(const struct conf *conf)
{
	static struct conf_fault first;

	first.text[0] = '\0';
	if (conf_faults(conf, keep_first, &first) == -1)
		return conf_no_memory;
	return first.text[0] == '\0' ? NULL : first.text;
}

static void
keep_first(void *arg, const struct conf_fault *f)
{
	struct conf_fault *first = arg;

	if (first->text[0] == '\0' && !f->warning) {
		*first = *f;
		first->block = NULL;	/* not ours */
	}
}

int
conf_faults(const struct conf *conf,
    void (*fn)(void *, const struct conf_fault *), void *arg)
{
	struct conf_check c = { .conf = conf, .fn = fn, .arg = arg };
	uint32_t i;

	if (!check_numbers(&c) || !check_all_settings(&c))
		return 0;
	check_global(&c);
	for (i = 0; i < conf->nnetworks; i++)
		check_network(&c, &conf->networks[i]);
	if (conf_dhcp_faults(&c) == -1 || conf_router_faults(&c) == -1 ||
	    conf_taken_faults(&c) == -1)
		return -1;
	for (i = 0; i < conf->nlistens; i++)
		check_listen(&c, i);
	for (i = 0; i < conf->npeers; i++)
		check_peer(&c, i);
	for (i = 0; i < conf->nifaces; i++)
		check_iface(&c, i);
	return 0;
}

const char *
conf_global_check(const struct conf_global *global)
{
	return first_wrong(CONF_GLOBAL, global);
}

const char *
conf_network_check(const struct conf_network *net)
{
	return first_wrong(CONF_NETWORK, net);
}

const char *
conf_iface_check(const struct conf_iface *iface)
{
	return first_wrong(CONF_IFACE, iface);
}

static const char *
first_wrong(enum conf_fields which, const void *base)
{
	static struct conf_fault first;
	struct conf_check c = { .fn = keep_first, .arg = &first };

	first.text[0] = '\0';
	check_settings(&c, which, base, "");
	return first.text[0] == '\0' ? NULL : first.text;
}

/* Of networks: the parser makes no other ones, but a message may have them. */
static bool
check_numbers(struct conf_check *c)
{
	const struct conf *conf = c->conf;
	bool fit = conf->nnetworks > 0;
	size_t i;

	conf_about(c, RECORD_GLOBAL, 0);
	for (i = 0; i < conf->nifaces; i++)
		fit &= conf->ifaces[i].network < conf->nnetworks;
	for (i = 0; i < conf->noptions; i++)
		fit &= conf->options[i].network < conf->nnetworks;
	for (i = 0; i < conf->nhosts; i++)
		fit &= conf->hosts[i].network < conf->nnetworks;
	if (!fit)
		conf_fault(c, "a record of a network that is not there");
	return fit;
}

static bool
check_all_settings(struct conf_check *c)
{
	char where[32];
	bool fit;
	size_t i;

	conf_about(c, RECORD_GLOBAL, 0);
	fit = check_settings(c, CONF_GLOBAL, &c->conf->global, "");
	for (i = 0; i < c->conf->nnetworks; i++) {
		conf_about(c, RECORD_NETWORK, i);
		fit &= check_settings(c, CONF_NETWORK, &c->conf->networks[i],
		    "");
	}
	for (i = 0; i < c->conf->nifaces; i++) {
		snprintf(where, sizeof(where), "interface %.15s: ",
		    c->conf->ifaces[i].name);
		conf_about(c, RECORD_IFACE, i);
		fit &= check_settings(c, CONF_IFACE, &c->conf->ifaces[i],
		    where);
	}
	return fit;
}

/*
 * Checks each value of a struct by itself; `where` is put before its name.
 * False if there are more faults than fit.
 */
static bool
check_settings(struct conf_check *c, enum conf_fields which, const void *base,
    const char *where)
{
	const struct conf_field *f;
	bool fit = true;
	uint32_t i, n;

	CONF_FIELD_FOREACH(f, CONF_IN(which)) {
		n = conf_field_count(f, base);
		c->about.member = f->offset;
		if (n > f->fit) {
			conf_fault(c, "%s%s: at most %u fit", where,
			    conf_field_name(f), f->fit);
			fit = false;
			continue;
		}
		for (i = 0; i < n; i++)
			check_setting(c, f, base, i, where);
	}
	return fit;
}

static void
check_setting(struct conf_check *c, const struct conf_field *f,
    const void *base, uint32_t i, const char *where)
{
	const void *at = conf_field_const(f, base, i);
	const char *text;
	char why[CONF_WHY];
	uint32_t j;

	c->about.member = f->offset + i * f->size;
	if (conf_setting_check(f, at, why) == -1) {
		text = conf_setting_text(f, at);
		conf_fault(c, "%s%s%s%.64s: %s", where, conf_field_name(f),
		    text[0] == '\0' ? "" : " ", text, why);
		return;
	}
	if (f->type != CONF_TYPE_ADDR && f->type != CONF_TYPE_V4)
		return;
	for (j = 0; j < i; j++) {
		if (memcmp(conf_field_const(f, base, j), at, f->size) != 0)
			continue;
		conf_fault(c, "%s%s %s: given twice, remove one", where,
		    conf_field_name(f), conf_setting_text(f, at));
		return;
	}
}

/* Checks that concern two settings, or all. */
static void
check_global(struct conf_check *c)
{
	const struct conf_global *g = &c->conf->global;

	conf_about_global(c, &g->table);
	if (g->table >= 253 && g->table <= 255)
		conf_fault(c, "table %u: one of the kernel's own (253 to 255), "
		    "write another, such as 44", g->table);
	check_isolation(c);
	check_vrfs(c);
	conf_about(c, RECORD_PEER, g->max_peers);
	if (c->conf->npeers > g->max_peers)
		conf_fault(c, "peer %s: limit peers is %u, write \"limit peers "
		    "%zu\" or more",
		    conf_peer_text( &c->conf->peers[g->max_peers]),
		    g->max_peers, c->conf->npeers);
	check_router_addr(c, &g->router_addr4);
	check_router_addr(c, &g->router_addr6);
}

/*
 * Networks have tables of their own, and rules in front of ours.  None of the
 * kernel's is among them: n00 to n31.
 */
static void
check_isolation(struct conf_check *c)
{
	const struct conf_global *g = &c->conf->global;
	uint32_t most = (UINT32_MAX - CONF_NETWORKS) / CONF_TABLE_STEP;

	if (c->conf->nnetworks < 2 && c->conf->networks[0].nprohibits == 0)
		return;
	conf_about_global(c, &g->table);
	if (g->table > most)
		conf_fault(c, "table %u: networks have tables from %u times "
		    "that on, write at most %u", g->table, CONF_TABLE_STEP, most);
	conf_about_global(c, &g->rule_priority);
	if (g->rule_priority < 2)
		conf_fault(c, "rule priority %u: the rules of networks come "
		    "before it, write 2 or more", g->rule_priority);
}

/* Our rule must not take packets inside of VRFs. */
static void
check_vrfs(struct conf_check *c)
{
	const struct conf_global *g = &c->conf->global;
	size_t i = 0;

	while (i < c->conf->nnetworks && c->conf->networks[i].table == 0)
		i++;
	if (i == c->conf->nnetworks || g->rule_priority > CONF_VRF_RULE)
		return;
	conf_about_global(c, &g->rule_priority);
	conf_fault(c, "rule priority %u: network %s is in a VRF, and the "
	    "kernel's rule of VRFs is %u, write %u or more",
	    g->rule_priority, conf_network_text(&c->conf->networks[i]),
	    CONF_VRF_RULE, CONF_VRF_RULE + 1);
}

/*
 * That of a VRF, which may have several networks: none of the kernel's own, nor
 * one that is ours.
 */
static void
check_table(struct conf_check *c, const struct conf_network *net)
{
	const struct conf_global *g = &c->conf->global;
	uint64_t ours = (uint64_t)g->table * CONF_TABLE_STEP;

	if (net->table == 0)
		return;
	conf_about_network(c, net, &net->table);
	if (net == c->conf->networks)
		conf_fault(c, "table %u: a VRF is of a network with a name",
		    net->table);
	if (net->table >= 253 && net->table <= 255)
		conf_fault(c, "table %u: one of the kernel's own (253 to 255), "
		    "write that of a VRF", net->table);
	else if (net->table == g->table || (net->table >= ours &&
	    net->table < ours + CONF_NETWORKS))
		conf_fault(c, "table %u: has other routes of sroamd, by "
		    "\"table %u\", write that of a VRF", net->table, g->table);
}

static void
check_network(struct conf_check *c, const struct conf_network *net)
{
	uint32_t i;

	check_table(c, net);
	conf_about_network(c, net, &net->prefix_preferred);
	if (net->prefix_preferred > net->prefix_valid)
		conf_fault(c, "prefix lifetime: preferred for %us but valid "
		    "for %us, write a preferred lifetime that is not the "
		    "longer one", net->prefix_preferred, net->prefix_valid);
	check_names(c, net);
	check_stations(c, net);
	check_boots(c, net);
	conf_gateway_faults(c, net);
	for (i = 0; i < net->nprefixes; i++)
		check_prefix(c, net, i);
	for (i = 0; i < net->nroutes; i++)
		check_advert_route(c, net, i);
}

/* Its own, and those of the networks that it may reach. */
static void
check_names(struct conf_check *c, const struct conf_network *net)
{
	const struct conf_network *other = c->conf->networks;
	uint32_t i;

	conf_about_network(c, net, net);
	if (net > other && strcmp(conf_network_text(net), CONF_UNNAMED) == 0)
		conf_fault(c, "network %s: is that of all statements outside "
		    "of a block, write another name", CONF_UNNAMED);
	for (; other < net; other++)
		if (strcmp(other->name, net->name) == 0) {
			conf_fault(c, "network %s: given twice, write one "
			    "block", net->name);
			break;
		}
	for (i = 0; i < net->nreaches; i++) {
		conf_about_network(c, net, &net->reaches[i]);
		other = conf_network_find(c->conf, net->reaches[i]);
		if (other == NULL)
			conf_fault(c, "reach %s: there is no such network, "
			    "write its block or " CONF_UNNAMED,
			    net->reaches[i]);
		else if (other == net)
			conf_fault(c, "reach %s: is this network itself, "
			    "remove it", net->reaches[i]);
	}
}

/* Stations need addresses: also IPv6 prefixes that are not delegated. */
static void
check_stations(struct conf_check *c, const struct conf_network *net)
{
	const struct conf_iface *iface;
	size_t n = (size_t)(net - c->conf->networks), at = 0;
	uint32_t i, pools = 0, own = 0;

	while (at < c->conf->nifaces && c->conf->ifaces[at].network != n)
		at++;
	if (at == c->conf->nifaces)
		return;
	iface = &c->conf->ifaces[at];
	conf_about(c, RECORD_IFACE, at);
	if (net->nprefixes == 0)
		conf_fault(c, "interface %s: no addresses for its stations, "
		    "write at least one prefix", iface->name);
	for (i = 0; i < net->nprefixes; i++) {
		pools += net->delegates[i] != 0;
		own += net->delegates[i] == 0 &&
		    !prefix_is_v4(&net->prefixes[i]);
	}
	if (pools > 0 && own == 0)
		conf_fault(c, "interface %s: prefixes are delegated, but "
		    "stations have none on their own link, write an IPv6 "
		    "prefix without delegate, too", iface->name);
}

/* One file for each architecture, and one for all others. */
static void
check_boots(struct conf_check *c, const struct conf_network *net)
{
	const struct conf_boot *b, *other;

	for (b = net->boots; b < net->boots + net->nboots; b++)
		for (other = net->boots; other < b; other++) {
			if (other->arch != b->arch)
				continue;
			conf_about_network(c, net, b);
			if (b->arch == 0)
				conf_fault(c, "boot file %.127s: there is one "
				    "for all already, write its arch",
				    b->file);
			else
				conf_fault(c, "boot file %.127s: arch %u has "
				    "one already, remove one", b->file,
				    b->arch - 1);
			break;
		}
}

static void
check_router_addr(struct conf_check *c, const struct addr *addr)
{
	const struct conf_iface *iface;
	uint32_t i;
	size_t n;

	if (addr_is_none(addr))
		return;
	conf_about_global(c, addr);
	for (n = 1; n < c->conf->nnetworks; n++)
		if (conf_prefix_of(&c->conf->networks[n], addr) != NULL)
			conf_fault(c, "router address %s: is in network %s, "
			    "write one outside of it", addr_text(addr),
			    c->conf->networks[n].name);
	for (n = 0; n < c->conf->nifaces; n++) {
		iface = &c->conf->ifaces[n];
		for (i = 0; i < iface->naddrs; i++) {
			if (addr_cmp(&iface->addrs[i].addr, addr) != 0)
				continue;
			conf_fault(c, "router address %s: is the gateway "
			    "address of %s, which all routers share, write one "
			    "that only this router has", addr_text(addr),
			    iface->name);
			return;
		}
	}
}

static void
check_prefix(struct conf_check *c, const struct conf_network *net,
    uint32_t index)
{
	const struct prefix *p = &net->prefixes[index];
	unsigned int len = prefix_plen(p);
	unsigned int delegate = net->delegates[index];
	const char *what;

	conf_about_network(c, net, p);
	if ((what = reserved(p)) != NULL) {
		conf_fault(c, "prefix %s: %s addresses, which stations cannot "
		    "have, write a unicast prefix", prefix_text(p), what);
		return;
	}
	if (prefix_is_v4(p) && (len < POOL4_SHORTEST || len > POOL4_LONGEST))
		conf_fault(c, "prefix %s: write a length of /%u to /%u",
		    prefix_text(p), POOL4_SHORTEST, POOL4_LONGEST);
	if (delegate != 0 && (prefix_is_v4(p) || delegate <= p->len ||
	    delegate < DELEGATED_SHORTEST || delegate > DELEGATED_LONGEST))
		conf_fault(c, "prefix %s delegate %u: write a length of %u to "
		    "%u, longer than that of the IPv6 prefix", prefix_text(p),
		    delegate, DELEGATED_SHORTEST, DELEGATED_LONGEST);
	else if (!prefix_is_v4(p) &&
	    (len < POOL6_SHORTEST || len > POOL6_LONGEST))
		conf_fault(c, "prefix %s: each station gets a /64 of it, write "
		    "a length of /%u to /%u", prefix_text(p), POOL6_SHORTEST,
		    POOL6_LONGEST);
	check_overlap(c, net, p);
}

/* With those before it, of its network and of the former ones. */
static void
check_overlap(struct conf_check *c, const struct conf_network *net,
    const struct prefix *p)
{
	const struct conf_network *other = c->conf->networks;
	const struct prefix *with;
	uint32_t i;

	for (; other <= net; other++)
		for (i = 0; i < other->nprefixes; i++) {
			with = &other->prefixes[i];
			if (with == p)
				return;
			if (!prefix_overlaps(p, with))
				continue;
			report_overlap(c, p, with, other != net ?
			    conf_network_text(other) : NULL);
			return;
		}
}

/* With a prefix of another network, if that has a name here. */
static void
report_overlap(struct conf_check *c, const struct prefix *p,
    const struct prefix *with, const char *network)
{
	char text[PREFIX_TEXT];

	strlcpy(text, prefix_text(p), sizeof(text));
	if (network != NULL)
		conf_fault(c, "prefix %s: overlaps prefix %s of network %s, "
		    "write prefixes that do not", text, prefix_text(with),
		    network);
	else if (prefix_cmp(p, with) == 0)
		conf_fault(c, "prefix %s: given twice, remove one", text);
	else
		conf_fault(c, "prefix %s: overlaps prefix %s, write only the "
		    "wider one", text, prefix_text(with));
}

static const char *
reserved(const struct prefix *p)
{
	const uint8_t *v4 = addr_v4(&p->addr);

	if (addr_is_multicast(&p->addr))
		return "multicast";
	if (addr_is_linklocal(&p->addr))
		return "link-local";
	if (prefix_is_v4(p) && v4[0] == 127)
		return "loopback";
	if ((prefix_is_v4(p) && (v4[0] == 0 || v4[0] >= 240)) ||
	    (!prefix_is_v4(p) && p->addr.octet[0] == 0))
		return "reserved";
	return NULL;
}

/* RFC 4191 2.3: advertisements carry IPv6 routes only. */
static void
check_advert_route(struct conf_check *c, const struct conf_network *net,
    uint32_t index)
{
	const struct conf_route *r = &net->routes[index];
	uint32_t i;

	conf_about_network(c, net, r);
	if (prefix_is_v4(&r->prefix) || addr_is_linklocal(&r->prefix.addr) ||
	    addr_is_multicast(&r->prefix.addr)) {
		conf_fault(c, "advertise route %s: write an IPv6 prefix of "
		    "other networks, such as 2001:db8::/32",
		    prefix_text(&r->prefix));
		return;
	}
	for (i = 0; i < index; i++)
		if (prefix_cmp(&r->prefix, &net->routes[i].prefix) == 0)
			conf_fault(c, "advertise route %s: given twice, remove "
			    "one", prefix_text(&r->prefix));
}

static void
check_listen(struct conf_check *c, uint32_t index)
{
	const struct conf_listen *l = &c->conf->listens[index], *other;
	const char *addr = addr_is_none(&l->addr) ? "*" : addr_text(&l->addr);

	conf_about(c, RECORD_LISTEN, index);
	if (addr_is_multicast(&l->addr) || (addr_is_linklocal(&l->addr) &&
	    !addr_is_v4(&l->addr)))
		conf_fault(c, "listen on %s: write * or a unicast address that "
		    "is not link-local", addr);
	if (l->port == 0)
		conf_fault(c, "listen on %s port 0: write 1 to 65535", addr);
	if (!l->notls && c->conf->global.tls == CONF_TLS_NONE)
		conf_fault(c, "listen on %s: there is no key, write tls psk or "
		    "tls ca, or in a network without strangers \"listen on %s "
		    "port %u no tls\"", addr, addr, l->port);
	check_sources(c, index);
	for (other = c->conf->listens; other < l; other++) {
		if (l->port != other->port)
			continue;
		if (addr_cmp(&l->addr, &other->addr) == 0) {
			conf_fault(c, "listen on %s port %u: given twice, "
			    "remove one", addr, l->port);
			break;
		}
		if (addr_is_none(&l->addr) || addr_is_none(&other->addr)) {
			conf_fault(c, "listen on %s port %u: listen on * has "
			    "this port already, remove one",
			    addr_is_none(&l->addr) ? addr_text(&other->addr) :
			    addr, l->port);
			break;
		}
	}
}

/* Each must be an address from which a router may connect. */
static void
check_sources(struct conf_check *c, uint32_t index)
{
	const struct conf_listen *l = &c->conf->listens[index];
	const char *addr = addr_is_none(&l->addr) ? "*" : addr_text(&l->addr);
	uint32_t i, j;

	if (l->nfrom > CONF_SOURCES) {
		conf_fault(c, "listen on %s: from: at most %u fit", addr,
		    CONF_SOURCES);
		return;
	}
	for (i = 0; i < l->nfrom; i++) {
		if (!addr_is_none(&l->addr) &&
		    addr_is_v4(&l->addr) != prefix_is_v4(&l->from[i]))
			conf_fault(c, "listen on %s from %s: nobody connects "
			    "from there to this address, remove it", addr,
			    prefix_text(&l->from[i]));
		for (j = 0; j < i; j++)
			if (prefix_cmp(&l->from[i], &l->from[j]) == 0)
				conf_fault(c, "listen on %s from %s: given "
				    "twice, remove one", addr,
				    prefix_text(&l->from[i]));
	}
}

static void
check_peer(struct conf_check *c, uint32_t index)
{
	const struct conf_peer *p = &c->conf->peers[index], *other;
	const char *name = conf_peer_text(p);

	conf_about(c, RECORD_PEER, index);
	check_peer_host(c, index);
	check_peer_from(c, index);
	if (p->port == 0)
		conf_fault(c, "peer %s port 0: write 1 to 65535", name);
	if (!p->notls && c->conf->global.tls == CONF_TLS_NONE)
		conf_fault(c, "peer %s: there is no key, write tls psk or tls "
		    "ca, or in a network without strangers \"peer %s port %u "
		    "no tls\"", name, name, p->port);
	for (other = c->conf->peers; other < p; other++) {
		if (!same_peer(p, other))
			continue;
		if (p->automatic)
			conf_fault(c, "peer %s: given twice, remove one", name);
		else
			conf_fault(c, "peer %s port %u: given twice, remove "
			    "one", name, p->port);
		break;
	}
}

/* An interface has one `peer auto`, on whatever port. */
static bool
same_peer(const struct conf_peer *a, const struct conf_peer *b)
{
	return a->automatic == b->automatic &&
	    (a->port == b->port || a->automatic) &&
	    strcasecmp(a->host, b->host) == 0 &&
	    addr_cmp(&a->addr, &b->addr) == 0;
}

/* Either an address or a name, and a name that is valid. */
static void
check_peer_host(struct conf_check *c, uint32_t index)
{
	const struct conf_peer *p = &c->conf->peers[index];
	char text[CONF_HOST], why[CONF_WHY];
	int bad;

	if (p->host[0] == '\0') {
		if (p->automatic || addr_is_none(&p->addr) ||
		    addr_is_multicast(&p->addr) ||
		    (addr_is_linklocal(&p->addr) && !addr_is_v4(&p->addr)))
			conf_fault(c, "peer %s: write a unicast address that "
			    "is not link-local", addr_text(&p->addr));
		return;
	}
	if (strnlen(p->host, CONF_HOST) == CONF_HOST)
		bad = -1;
	else
		bad = conf_value(p->automatic ? CONF_TYPE_IFNAME :
		    CONF_TYPE_HOST, text, p->host, why);
	if (bad == -1 || !addr_is_none(&p->addr))
		conf_fault(c, "peer %.64s: write an address, the name of a "
		    "host or \"auto on\" an interface", p->host);
}

static void
check_peer_from(struct conf_check *c, uint32_t index)
{
	const struct conf_peer *p = &c->conf->peers[index];

	if (addr_is_none(&p->from))
		return;
	if (p->automatic || addr_is_multicast(&p->from) ||
	    (addr_is_linklocal(&p->from) && !addr_is_v4(&p->from)))
		conf_fault(c, "peer %s from %s: write a unicast address of "
		    "this router that is not link-local", conf_peer_text(p),
		    addr_text(&p->from));
	else if (p->host[0] == '\0' &&
	    addr_is_v4(&p->addr) != addr_is_v4(&p->from))
		conf_fault(c, "peer %s from %s: write an IPv%d address, as the "
		    "peer's is", conf_peer_text(p), addr_text(&p->from),
		    addr_is_v4(&p->addr) ? 4 : 6);
}

static void
check_iface(struct conf_check *c, uint32_t index)
{
	const struct conf_iface *iface = &c->conf->ifaces[index];
	uint32_t i;

	conf_about(c, RECORD_IFACE, index);
	check_iface_name(c, index);
	for (i = 0; i < iface->nports; i++)
		check_ports(c, index, i);
	for (i = 0; i < iface->naddrs; i++)
		check_gateway(c, index, i);
}

static void
check_iface_name(struct conf_check *c, uint32_t index)
{
	const struct conf_iface *iface = &c->conf->ifaces[index], *other;

	for (other = c->conf->ifaces; other < iface; other++) {
		if (strcmp(other->name, iface->name) == 0) {
			conf_fault(c, "interface %s: given twice, write one "
			    "block", iface->name);
			break;
		}
	}
}

/* One layer-2 interface cannot serve two interfaces. */
static void
check_ports(struct conf_check *c, uint32_t index, uint32_t port)
{
	const struct conf_iface *iface = &c->conf->ifaces[index], *other;
	const char *name = iface->ports[port];
	uint32_t i, n;

	for (other = c->conf->ifaces; other <= iface; other++) {
		n = other == iface ? port : other->nports;
		for (i = 0; i < n; i++) {
			if (strcmp(other->ports[i], name) != 0)
				continue;
			c->about.member = OFFSET(iface, name);
			conf_fault(c, "interface %s: stations on %s: interface "
			    "%s has them already, remove one", iface->name,
			    name, other->name);
			return;
		}
	}
}

static void
check_gateway(struct conf_check *c, uint32_t index, uint32_t which)
{
	const struct conf_iface *iface = &c->conf->ifaces[index];
	const struct conf_network *net = &c->conf->networks[iface->network];
	const struct prefix *gw = &iface->addrs[which], *prefix;
	const struct addr *addr = &gw->addr;
	uint32_t i;

	c->about.member = OFFSET(iface, gw);
	for (i = 0; i < which; i++) {
		if (addr_cmp(&iface->addrs[i].addr, addr) == 0) {
			conf_fault(c, "interface %s: address %s: given twice, "
			    "remove one", iface->name, addr_text(addr));
			return;
		}
	}
	if ((!addr_is_v4(addr) && addr_is_linklocal(addr)) ||
	    addr_is_multicast(addr) || addr_is_none(addr))
		return;		/* or it was reported already */
	if ((prefix = conf_prefix_of(net, addr)) == NULL) {
		conf_fault(c, "interface %s: address %s: outside of every "
		    "prefix%s, write one inside%s", iface->name,
		    addr_text(addr), c->conf->nnetworks > 1 ?
		    " of its network" : "", addr_is_v4(addr) ? "" :
		    ", or a link-local one such as fe80::44");
		return;
	}
	if (conf_is_end(prefix, addr))
		conf_fault(c, "interface %s: address %s: the network or "
		    "broadcast address of %s, write one between", iface->name,
		    addr_text(addr), prefix_text(prefix));
}
