/* SPDX-License-Identifier: ISC */
/* Router and neighbour solicitations and advertisements (RFC 4861). */
#include <string.h>

#include "wire/ip.h"
#include "wire/nd.h"

#define HOP_LIMIT	255	/* was sent on this link, not routed */
#define ICMP6_LEN	4

#define OPTION_SLLA	1
#define OPTION_TLLA	2
#define OPTION_PREFIX	3
#define OPTION_MTU	5
#define OPTION_ROUTE	24
#define OPTION_RDNSS	25
#define OPTION_DNSSL	31
#define OPTION_CAPTIVE	37
#define OPTION_NAT64	38

#define NA_ROUTER	0x80
#define NA_SOLICITED	0x40
#define NA_OVERRIDE	0x20
#define RA_OTHER	0x40
#define PREFERENCE_SHIFT 3
#define PREFIX_ONLINK	0x80
#define PREFIX_AUTO	0x40
#define PREFIX_DELEGATES 0x10

#define MAX_LIFETIME	9000	/* of a router, RFC 4861 6.2.1 */
#define MAX_NAT64	65528	/* s, RFC 8781 4.1 */
#define USUAL_MTU	1500
#define LEAST_MTU	1280	/* RFC 8200 5 */

struct nd {
	struct wire_ether	ether;
	struct wire_ip		ip;
	uint8_t			type;
	bool			has_slla, has_tlla;
	struct mac		slla, tlla;
};

static const char	*get_nd(struct ibuf *, struct nd *);
static const char	*get_options(struct ibuf *, struct nd *);
static const char	*check_solicit(const struct nd *);
static int		 add_nd(struct ibuf *, const struct link *,
			    const struct mac *, const struct addr *, uint8_t);
static int		 add_lladdr(struct ibuf *, uint8_t, const struct mac *);
static int		 add_mtu(struct ibuf *, uint32_t);
static int		 add_prefixes(struct ibuf *, const struct advert *,
			    const struct wire_nd_options *);
static void		 add_servers(struct ibuf *,
			    const struct wire_nd_options *, bool, uint32_t);
static void		 add_domains(struct ibuf *,
			    const struct wire_nd_options *, bool, uint32_t);
static void		 add_routes(struct ibuf *,
			    const struct wire_nd_options *, uint32_t);
static void		 add_nat64(struct ibuf *,
			    const struct wire_nd_options *, uint32_t);
static void		 add_captive(struct ibuf *, const char *);
static int		 end_option(struct ibuf *, size_t);

static const struct addr all_nodes = { { 0xff, 0x02, [15] = 1 } };

const char *
wire_nd_parse_solicit(const void *frame, size_t len, uint32_t ifindex,
    struct solicit *solicit)
{
	struct nd nd = { 0 };
	struct ibuf buf;
	const char *why;

	ibuf_from(&buf, frame, len);
	if ((why = get_nd(&buf, &nd)) != NULL)
		return why;
	if (nd.type != WIRE_ND_RS)
		return "not a router solicitation";
	if (ibuf_skip(&buf, 4) == -1)
		return "short router solicitation";
	if ((why = get_options(&buf, &nd)) != NULL)
		return why;
	if (addr_is_none(&nd.ip.src) && nd.has_slla)
		return "link-layer address of an unspecified source";
	memset(solicit, 0, sizeof(*solicit));
	solicit->ifindex = ifindex;
	solicit->source_mac = nd.ether.src;
	solicit->lladdr = nd.slla;
	solicit->source = nd.ip.src;
	return NULL;
}

const char *
wire_nd_parse_heard(const void *frame, size_t len, uint32_t ifindex,
    struct heard *heard)
{
	struct nd nd = { 0 };
	struct addr target;
	uint8_t flags;
	struct ibuf buf;
	const char *why;

	ibuf_from(&buf, frame, len);
	if ((why = get_nd(&buf, &nd)) != NULL)
		return why;
	if (nd.type != WIRE_ND_NS && nd.type != WIRE_ND_NA)
		return "not neighbour discovery";
	if (ibuf_get_n8(&buf, &flags) == -1 || ibuf_skip(&buf, 3) == -1 ||
	    ibuf_get(&buf, &target, sizeof(target)) == -1)
		return "short neighbour discovery message";
	if (addr_is_multicast(&target) || addr_is_v4(&target) ||
	    addr_is_none(&target))
		return "bad target address";
	if ((why = get_options(&buf, &nd)) != NULL)
		return why;
	if (nd.type == WIRE_ND_NS && (why = check_solicit(&nd)) != NULL)
		return why;
	/* RFC 4861 7.1.2 */
	if (nd.type == WIRE_ND_NA && addr_is_multicast(&nd.ip.dst) &&
	    (flags & NA_SOLICITED))
		return "solicited advertisement to a multicast address";
	if ((nd.type == WIRE_ND_NS && nd.has_slla &&
	    mac_cmp(&nd.slla, &nd.ether.src) != 0) ||
	    (nd.type == WIRE_ND_NA && nd.has_tlla &&
	    mac_cmp(&nd.tlla, &nd.ether.src) != 0))
		return "link-layer address is not the Ethernet source";
	memset(heard, 0, sizeof(*heard));
	heard->ifindex = ifindex;
	heard->kind = nd.type == WIRE_ND_NS ? HEARD_NS : HEARD_NA;
	heard->mac = nd.ether.src;
	heard->addr = nd.type == WIRE_ND_NS ? nd.ip.src : target;
	return NULL;
}

bool
wire_nd_probed(const void *frame, size_t len, struct addr *target)
{
	struct nd nd = { 0 };
	struct ibuf buf;

	ibuf_from(&buf, frame, len);
	return get_nd(&buf, &nd) == NULL && nd.type == WIRE_ND_NS &&
	    addr_is_none(&nd.ip.src) && ibuf_skip(&buf, 4) == 0 &&
	    ibuf_get(&buf, target, sizeof(*target)) == 0;
}

/* The M flag is never set: stations make their own addresses. */
int
wire_nd_advert(const struct advert *advert, const struct link *link,
    const struct wire_nd_options *options, struct ibuf *buf)
{
	const struct addr *dst = addr_is_none(&advert->dst) ? &all_nodes :
	    &advert->dst;
	uint32_t lifetime = advert->router_lifetime;
	uint8_t flags = options->other ? RA_OTHER : 0;

	if (lifetime > MAX_LIFETIME)
		lifetime = MAX_LIFETIME;
	/* RFC 4191 2.2: medium, if it is not a default router. */
	if (lifetime > 0)
		flags |= (options->preference & 3) << PREFERENCE_SHIFT;
	if (add_nd(buf, link, &advert->mac, dst, WIRE_ND_RA) == -1 ||
	    ibuf_add_n8(buf, 64) == -1 ||	/* hop limit for hosts */
	    ibuf_add_n8(buf, flags) == -1 ||
	    ibuf_add_n16(buf, lifetime) == -1 ||
	    ibuf_add_zero(buf, 8) == -1 ||	/* timers: unspecified */
	    add_lladdr(buf, OPTION_SLLA, &link->lladdr) == -1 ||
	    add_mtu(buf, link->mtu) == -1 ||
	    add_prefixes(buf, advert, options) == -1)
		return -1;
	add_servers(buf, options, false, advert->dns_lifetime);
	add_domains(buf, options, false, advert->dns_lifetime);
	add_routes(buf, options, advert->dns_lifetime);
	add_nat64(buf, options, advert->dns_lifetime);
	add_captive(buf, options->captive);
	add_servers(buf, options, true, 0);
	add_domains(buf, options, true, 0);
	return wire_end_icmp6(buf);
}

int
wire_nd_announce(const struct announce *announce, const struct link *link,
    struct ibuf *buf)
{
	if (add_nd(buf, link, &announce->mac, &all_nodes, WIRE_ND_NA) == -1 ||
	    ibuf_add_n8(buf, NA_ROUTER | NA_OVERRIDE) == -1 ||
	    ibuf_add_zero(buf, 3) == -1 ||
	    ibuf_add(buf, &link->gateway6, sizeof(link->gateway6)) == -1 ||
	    add_lladdr(buf, OPTION_TLLA, &link->lladdr) == -1)
		return -1;
	return wire_end_icmp6(buf);
}

int
wire_nd_probe(const struct probe *probe, const struct link *link,
    struct ibuf *buf)
{
	if (addr_is_v4(&probe->addr) || addr_is_none(&probe->addr) ||
	    addr_is_multicast(&probe->addr))
		return -1;
	if (add_nd(buf, link, &probe->mac, &probe->addr, WIRE_ND_NS) == -1 ||
	    ibuf_add_zero(buf, 4) == -1 ||
	    ibuf_add(buf, &probe->addr, sizeof(probe->addr)) == -1 ||
	    add_lladdr(buf, OPTION_SLLA, &link->lladdr) == -1)
		return -1;
	return wire_end_icmp6(buf);
}

/* All checks up to the ICMPv6 checksum, of RFC 4861 6.1.1 and 7.1. */
static const char *
get_nd(struct ibuf *buf, struct nd *nd)
{
	const char *why;
	uint8_t code;

	if ((why = wire_get_ether(buf, &nd->ether)) != NULL)
		return why;
	if (nd->ether.type != WIRE_TYPE_IP6)
		return "not IPv6";
	if ((why = wire_get_ip6(buf, &nd->ip)) != NULL)
		return why;
	if (nd->ip.proto != WIRE_PROTO_ICMP6)
		return "not ICMPv6";
	if (nd->ip.hops != HOP_LIMIT)
		return "hop limit is not 255";
	if ((why = wire_check_icmp6(buf, &nd->ip)) != NULL)
		return why;
	if (ibuf_get_n8(buf, &nd->type) == -1 ||
	    ibuf_get_n8(buf, &code) == -1 ||
	    ibuf_skip(buf, 2) == -1)
		return "short ICMPv6 header";
	if (code != 0)
		return "ICMPv6 code is not 0";
	return NULL;
}

/* Lengths are in units of 8 octets; with zero the loop would never end. */
static const char *
get_options(struct ibuf *buf, struct nd *nd)
{
	struct ibuf body;
	uint8_t type, len;

	while (ibuf_left(buf) > 0) {
		if (ibuf_get_n8(buf, &type) == -1 ||
		    ibuf_get_n8(buf, &len) == -1 || len == 0 ||
		    ibuf_get_ibuf(buf, len * 8 - 2, &body) == -1)
			return "bad option length";
		if (type != OPTION_SLLA && type != OPTION_TLLA)
			continue;
		if (len != 1)
			return "bad link-layer address length";
		if (type == OPTION_SLLA) {
			nd->has_slla = true;
			ibuf_get(&body, &nd->slla, sizeof(nd->slla));
		} else {
			nd->has_tlla = true;
			ibuf_get(&body, &nd->tlla, sizeof(nd->tlla));
		}
	}
	return NULL;
}

/* RFC 4861 7.1.1: the form of duplicate address detection. */
static const char *
check_solicit(const struct nd *nd)
{
	static const uint8_t solicited_node[13] = {
		0xff, 0x02, [11] = 1, [12] = 0xff
	};

	if (!addr_is_none(&nd->ip.src))
		return NULL;
	if (nd->has_slla)
		return "link-layer address of an unspecified source";
	if (memcmp(&nd->ip.dst, solicited_node, sizeof(solicited_node)) != 0)
		return "unspecified source, but not to a solicited-node group";
	return NULL;
}

static int
add_nd(struct ibuf *buf, const struct link *link, const struct mac *to,
    const struct addr *dst, uint8_t type)
{
	const struct wire_ether ether = { *to, link->lladdr, WIRE_TYPE_IP6 };
	struct wire_ip ip = { 0 };

	if (addr_is_none(&link->gateway6))
		return -1;
	ip.src = link->gateway6;
	ip.dst = *dst;
	ip.proto = WIRE_PROTO_ICMP6;
	ip.hops = HOP_LIMIT;
	if (wire_add_ether(buf, &ether) == -1 ||
	    wire_add_ip6(buf, &ip) == -1 ||
	    ibuf_add_n8(buf, type) == -1)
		return -1;
	return ibuf_add_zero(buf, ICMP6_LEN - 1);
}

static int
add_lladdr(struct ibuf *buf, uint8_t type, const struct mac *mac)
{
	if (ibuf_add_n8(buf, type) == -1 || ibuf_add_n8(buf, 1) == -1)
		return -1;
	return ibuf_add(buf, mac, sizeof(*mac));
}

/* RFC 4861 4.6.4; not needed for Ethernet's default. */
static int
add_mtu(struct ibuf *buf, uint32_t mtu)
{
	if (mtu == USUAL_MTU || mtu < LEAST_MTU)
		return 0;
	if (ibuf_add_n8(buf, OPTION_MTU) == -1 || ibuf_add_n8(buf, 1) == -1 ||
	    ibuf_add_zero(buf, 2) == -1)
		return -1;
	return ibuf_add_n32(buf, mtu);
}

/* RFC 8273 4: autonomous, and usually not on link. */
static int
add_prefixes(struct ibuf *buf, const struct advert *advert,
    const struct wire_nd_options *options)
{
	uint8_t flags;
	uint32_t i;

	if (advert->nprefixes > ADVERT_PREFIXES)
		return -1;
	for (i = 0; i < advert->nprefixes; i++) {
		const struct prefix *prefix = &advert->prefixes[i].prefix;

		flags = PREFIX_AUTO | (options->onlink ? PREFIX_ONLINK : 0);
		if (options->delegates && advert->prefixes[i].preferred > 0)
			flags |= PREFIX_DELEGATES;
		if (ibuf_add_n8(buf, OPTION_PREFIX) == -1 ||
		    ibuf_add_n8(buf, 4) == -1 ||
		    ibuf_add_n8(buf, prefix->len) == -1 ||
		    ibuf_add_n8(buf, flags) == -1 ||
		    ibuf_add_n32(buf, advert->prefixes[i].valid) == -1 ||
		    ibuf_add_n32(buf, advert->prefixes[i].preferred) == -1 ||
		    ibuf_add_zero(buf, 4) == -1 ||
		    ibuf_add(buf, &prefix->addr, sizeof(prefix->addr)) == -1)
			return -1;
	}
	return 0;
}

/* RFC 8106 5.1; the option must have one address at least. */
static void
add_servers(struct ibuf *buf, const struct wire_nd_options *o, bool gone,
    uint32_t lifetime)
{
	size_t i, at = ibuf_len(buf), count = 0;

	if (ibuf_add_n8(buf, OPTION_RDNSS) == -1 ||
	    ibuf_add_zero(buf, 3) == -1 ||
	    ibuf_add_n32(buf, lifetime) == -1)
		goto drop;
	for (i = 0; i < o->nservers && i < WIRE_ND_SERVERS; i++) {
		const struct addr *addr = &o->servers[i].addr;

		if (o->servers[i].gone != gone || addr_is_v4(addr) ||
		    addr_is_none(addr))
			continue;
		if (ibuf_add(buf, addr, sizeof(*addr)) == -1)
			goto drop;
		count++;
	}
	if (count == 0)
		goto drop;
	ibuf_set_n8(buf, at + 1, 1 + 2 * count);
	return;
 drop:
	buf->wpos = at;
}

/* RFC 8106 5.2: names one after the other, padded to 8 octets. */
static void
add_domains(struct ibuf *buf, const struct wire_nd_options *o, bool gone,
    uint32_t lifetime)
{
	size_t i, at = ibuf_len(buf), count = 0;

	if (ibuf_add_n8(buf, OPTION_DNSSL) == -1 ||
	    ibuf_add_zero(buf, 3) == -1 ||
	    ibuf_add_n32(buf, lifetime) == -1)
		goto drop;
	for (i = 0; i < o->ndomains && i < WIRE_ND_DOMAINS; i++) {
		if (o->domains[i].gone != gone)
			continue;
		if (wire_add_domain(buf, o->domains[i].name) == -1)
			goto drop;
		count++;
	}
	if (count == 0 || end_option(buf, at) == -1)
		goto drop;
	return;
 drop:
	buf->wpos = at;
}

/* RFC 4191 2.3: the prefix is cut to what its length needs. */
static void
add_routes(struct ibuf *buf, const struct wire_nd_options *o,
    uint32_t lifetime)
{
	size_t i, at, octets;

	for (i = 0; i < o->nroutes && i < WIRE_ND_ROUTES; i++) {
		const struct prefix *p = &o->routes[i].prefix;

		at = ibuf_len(buf);
		octets = p->len == 0 ? 0 : p->len <= 64 ? 8 : 16;
		if (ibuf_add_n8(buf, OPTION_ROUTE) == -1 ||
		    ibuf_add_n8(buf, 1 + octets / 8) == -1 ||
		    ibuf_add_n8(buf, p->len) == -1 ||
		    ibuf_add_n8(buf, (o->routes[i].preference & 3) <<
		    PREFERENCE_SHIFT) == -1 ||
		    ibuf_add_n32(buf, o->routes[i].gone ? 0 : lifetime) == -1 ||
		    ibuf_add(buf, &p->addr, octets) == -1) {
			buf->wpos = at;
			return;
		}
	}
}

/* RFC 8781 4: a lifetime in units of 8 s, rounded up, and a code for /N. */
static void
add_nat64(struct ibuf *buf, const struct wire_nd_options *o,
    uint32_t lifetime)
{
	static const uint8_t lengths[] = { 96, 64, 56, 48, 40, 32 };
	uint16_t scaled;
	size_t i, at, code;

	for (i = 0; i < o->nnat64 && i < 2; i++) {
		for (code = 0; code < sizeof(lengths); code++)
			if (lengths[code] == o->nat64[i].prefix.len)
				break;
		if (code == sizeof(lengths))
			continue;
		scaled = o->nat64[i].gone ? 0 :
		    lifetime > MAX_NAT64 ? MAX_NAT64 / 8 : (lifetime + 7) / 8;
		at = ibuf_len(buf);
		if (ibuf_add_n8(buf, OPTION_NAT64) == -1 ||
		    ibuf_add_n8(buf, 2) == -1 ||
		    ibuf_add_n16(buf, (uint16_t)(scaled << 3 | code)) == -1 ||
		    ibuf_add(buf, &o->nat64[i].prefix.addr, 12) == -1) {
			buf->wpos = at;
			return;
		}
	}
}

/* RFC 8910 2.3: the URI, padded to 8 octets. */
static void
add_captive(struct ibuf *buf, const char *uri)
{
	size_t at = ibuf_len(buf), len = strnlen(uri, WIRE_ND_URI);

	if (len == 0)
		return;
	if (ibuf_add_n8(buf, OPTION_CAPTIVE) == -1 ||
	    ibuf_add_zero(buf, 1) == -1 || ibuf_add(buf, uri, len) == -1 ||
	    end_option(buf, at) == -1)
		buf->wpos = at;
}

/* Pads an option to 8 octets, and writes its length in units of 8. */
static int
end_option(struct ibuf *buf, size_t at)
{
	size_t len = ibuf_len(buf) - at, pad = (8 - len % 8) % 8;

	if ((len + pad) / 8 > UINT8_MAX || ibuf_add_zero(buf, pad) == -1)
		return -1;
	return ibuf_set_n8(buf, at + 1, (len + pad) / 8);
}
