/* SPDX-License-Identifier: ISC */
/* DHCPv6 requests are parsed, and answers are written (RFC 8415). */
#include <string.h>

#include "wire/dhcp6.h"
#include "wire/ip.h"

#define OPTION_CLIENT_ID	1
#define OPTION_SERVER_ID	2
#define OPTION_IA_NA		3
#define OPTION_IA_ADDR		5
#define OPTION_REQUEST		6
#define OPTION_PREFERENCE	7
#define OPTION_STATUS		13
#define OPTION_RAPID		14
#define OPTION_SERVERS		23
#define OPTION_DOMAINS		24
#define OPTION_IA_PD		25
#define OPTION_IA_PREFIX	26
#define OPTION_REFRESH		32
#define OPTION_CAPTIVE		103

#define PREFERENCE_MAX		255	/* RFC 8415 18.2.9: do not wait */
#define HOP_LIMIT		64

static const char	*get_options(struct ibuf *, struct dhcp6_request *);
static const char	*get_option(uint16_t, struct ibuf *,
			    struct dhcp6_request *);
static const char	*get_duid(struct ibuf *, uint8_t *, uint8_t *);
static const char	*get_ia(struct ibuf *, bool, struct dhcp6_request *);
static const char	*get_ia_prefix(struct ibuf *, struct dhcp6_ia *);
static void		 get_wants(struct ibuf *, struct dhcp6_request *);
static int		 add_head(struct ibuf *, const struct dhcp6_reply *,
			    const struct link *);
static int		 add_ia(struct ibuf *, const struct dhcp6_reply *,
			    const struct dhcp6_ia *);
static int		 add_ia_prefix(struct ibuf *, const struct prefix *,
			    uint32_t, uint32_t);
static int		 add_status(struct ibuf *, uint16_t);
static int		 add_requested(struct ibuf *,
			    const struct dhcp6_reply *,
			    const struct wire_dhcp6_options *);
static int		 add_option(struct ibuf *, uint16_t, const void *,
			    size_t);
static int		 begin_option(struct ibuf *, uint16_t, size_t *);
static int		 end_option(struct ibuf *, size_t);

const struct addr wire_dhcp6_servers = {
	{ 0xff, 0x02, [13] = 1, [15] = 2 }
};

const char *
wire_dhcp6_parse(const void *frame, size_t len, uint32_t ifindex,
    struct dhcp6_request *req)
{
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	struct ibuf buf;
	uint32_t head;
	const char *why;

	memset(req, 0, sizeof(*req));
	ibuf_from(&buf, frame, len);
	if ((why = wire_get_ether(&buf, &ether)) != NULL)
		return why;
	if (ether.type != WIRE_TYPE_IP6)
		return "not IPv6";
	if ((why = wire_get_ip6(&buf, &ip)) != NULL)
		return why;
	if (ip.proto != WIRE_PROTO_UDP)
		return "not UDP";
	if ((why = wire_get_udp(&buf, &ip, &udp)) != NULL)
		return why;
	if (udp.dport != WIRE_DHCP6_SERVER ||
	    addr_cmp(&ip.dst, &wire_dhcp6_servers) != 0)
		return "not to all DHCPv6 servers";
	if (!addr_is_linklocal(&ip.src))
		return "source is not link-local";
	if (ibuf_get_n32(&buf, &head) == -1)
		return "short DHCPv6 message";
	req->ifindex = ifindex;
	req->source_mac = ether.src;
	req->source = ip.src;
	req->type = head >> 24;
	req->xid = head & 0xffffff;
	switch (req->type) {
	case DHCP6_SOLICIT:
	case DHCP6_REQUEST:
	case DHCP6_CONFIRM:
	case DHCP6_RENEW:
	case DHCP6_REBIND:
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
	case DHCP6_INFORMATION_REQUEST:
		return get_options(&buf, req);
	default:
		return "not a DHCPv6 client's message";
	}
}

static const char *
get_options(struct ibuf *buf, struct dhcp6_request *req)
{
	struct ibuf body;
	uint16_t code, len;
	const char *why;

	while (ibuf_left(buf) > 0) {
		if (ibuf_get_n16(buf, &code) == -1 ||
		    ibuf_get_n16(buf, &len) == -1 ||
		    ibuf_get_ibuf(buf, len, &body) == -1)
			return "bad DHCPv6 option length";
		if ((why = get_option(code, &body, req)) != NULL)
			return why;
	}
	return NULL;
}

static const char *
get_option(uint16_t code, struct ibuf *body, struct dhcp6_request *req)
{
	switch (code) {
	case OPTION_CLIENT_ID:
		return get_duid(body, req->client_id, &req->client_idlen);
	case OPTION_SERVER_ID:
		return get_duid(body, req->server_id, &req->server_idlen);
	case OPTION_IA_NA:
		return get_ia(body, false, req);
	case OPTION_IA_PD:
		return get_ia(body, true, req);
	case OPTION_REQUEST:
		get_wants(body, req);
		return NULL;
	case OPTION_RAPID:
		req->rapid = 1;
		return NULL;
	default:
		return NULL;
	}
}

/* RFC 8415 11.1: 2 octets of type, and 1 to 128 more. */
static const char *
get_duid(struct ibuf *body, uint8_t *duid, uint8_t *duidlen)
{
	size_t len = ibuf_left(body);

	if (len < 3 || len > DHCP6_DUID_MAX)
		return "bad DUID length";
	if (*duidlen != 0)
		return "more than one DUID";
	*duidlen = (uint8_t)len;
	ibuf_get(body, duid, len);
	return NULL;
}

/* More of them than we keep are not answered; the client asks again. */
static const char *
get_ia(struct ibuf *body, bool delegation, struct dhcp6_request *req)
{
	struct dhcp6_ia ia = { .delegation = delegation };
	struct ibuf sub;
	uint16_t code, len;
	const char *why;

	if (ibuf_get_n32(body, &ia.iaid) == -1 || ibuf_skip(body, 8) == -1)
		return "short identity association";
	while (ibuf_left(body) > 0) {
		if (ibuf_get_n16(body, &code) == -1 ||
		    ibuf_get_n16(body, &len) == -1 ||
		    ibuf_get_ibuf(body, len, &sub) == -1)
			return "bad DHCPv6 option length";
		if (code != (delegation ? OPTION_IA_PREFIX : OPTION_IA_ADDR) ||
		    ia.prefix.len != 0)
			continue;
		if ((why = get_ia_prefix(&sub, &ia)) != NULL)
			return why;
	}
	if (req->nias < DHCP6_IAS)
		req->ias[req->nias++] = ia;
	return NULL;
}

static const char *
get_ia_prefix(struct ibuf *sub, struct dhcp6_ia *ia)
{
	struct prefix *p = &ia->prefix;
	struct addr addr;
	uint8_t len = 128;

	if (ia->delegation) {
		if (ibuf_skip(sub, 8) == -1 || ibuf_get_n8(sub, &len) == -1 ||
		    ibuf_get(sub, &addr, sizeof(addr)) == -1)
			return "short prefix option";
	} else if (ibuf_get(sub, &addr, sizeof(addr)) == -1 ||
	    ibuf_skip(sub, 8) == -1)
		return "short address option";
	if (len > 128)
		return "bad prefix length";
	if (ia->delegation)
		ia->wish = len;
	/* RFC 8168: with ::/56 a client asks for a length alone. */
	if (addr_is_none(&addr) || addr_is_v4(&addr))
		return NULL;
	p->addr = addr;
	p->len = len;
	prefix_mask(p);
	return NULL;
}

static void
get_wants(struct ibuf *body, struct dhcp6_request *req)
{
	uint16_t code;

	while (ibuf_get_n16(body, &code) == 0) {
		switch (code) {
		case OPTION_SERVERS:
			req->wants |= DHCP6_WANTS_SERVERS;
			break;
		case OPTION_DOMAINS:
			req->wants |= DHCP6_WANTS_DOMAINS;
			break;
		case OPTION_REFRESH:
			req->wants |= DHCP6_WANTS_REFRESH;
			break;
		case OPTION_CAPTIVE:
			req->wants |= DHCP6_WANTS_CAPTIVE;
			break;
		}
	}
}

int
wire_dhcp6_build(const struct dhcp6_reply *reply, const struct link *link,
    const struct wire_dhcp6_options *options, struct ibuf *buf)
{
	const struct dhcp6_request *to = &reply->to;
	const uint8_t preference = PREFERENCE_MAX;
	uint32_t i;

	if (add_head(buf, reply, link) == -1)
		return -1;
	if (to->client_idlen > 0 && add_option(buf, OPTION_CLIENT_ID,
	    to->client_id, to->client_idlen) == -1)
		return -1;
	if (add_option(buf, OPTION_SERVER_ID, to->server_id,
	    to->server_idlen) == -1)
		return -1;
	if (reply->type == DHCP6_ADVERTISE && add_option(buf,
	    OPTION_PREFERENCE, &preference, sizeof(preference)) == -1)
		return -1;
	if (reply->rapid && add_option(buf, OPTION_RAPID, NULL, 0) == -1)
		return -1;
	if (reply->has_status && add_status(buf, reply->status) == -1)
		return -1;
	for (i = 0; i < to->nias && i < DHCP6_IAS; i++)
		if (add_ia(buf, reply, &to->ias[i]) == -1)
			return -1;
	if (add_requested(buf, reply, options) == -1)
		return -1;
	return wire_end_udp6(buf);
}

static int
add_head(struct ibuf *buf, const struct dhcp6_reply *reply,
    const struct link *link)
{
	const struct wire_ether ether = { reply->to.source_mac, link->lladdr,
	    WIRE_TYPE_IP6 };
	const struct wire_ip ip = { .src = link->gateway6,
	    .dst = reply->to.source, .proto = WIRE_PROTO_UDP,
	    .hops = HOP_LIMIT };
	const struct wire_udp udp = { WIRE_DHCP6_SERVER, WIRE_DHCP6_CLIENT };

	if (addr_is_none(&link->gateway6) ||
	    wire_add_ether(buf, &ether) == -1 ||
	    wire_add_ip6(buf, &ip) == -1 || wire_add_udp(buf, &udp) == -1)
		return -1;
	return ibuf_add_n32(buf, (uint32_t)reply->type << 24 | reply->to.xid);
}

/* RFC 8415 21.4 and 21.21: a lifetime of zero: stop using it. */
static int
add_ia(struct ibuf *buf, const struct dhcp6_reply *reply,
    const struct dhcp6_ia *ia)
{
	bool given = ia->delegation && ia->prefix.len != 0;
	size_t at;

	if (begin_option(buf, ia->delegation ? OPTION_IA_PD : OPTION_IA_NA,
	    &at) == -1 || ibuf_add_n32(buf, ia->iaid) == -1 ||
	    ibuf_add_n32(buf, given ? reply->t1 : 0) == -1 ||
	    ibuf_add_n32(buf, given ? reply->t2 : 0) == -1)
		return -1;
	if (given && add_ia_prefix(buf, &ia->prefix, ia->preferred,
	    ia->valid) == -1)
		return -1;
	if (ia->delegation && ia->old.len != 0 &&
	    add_ia_prefix(buf, &ia->old, 0, 0) == -1)
		return -1;
	if (ia->status != DHCP6_SUCCESS && add_status(buf, ia->status) == -1)
		return -1;
	return end_option(buf, at);
}

static int
add_ia_prefix(struct ibuf *buf, const struct prefix *p, uint32_t preferred,
    uint32_t valid)
{
	size_t at;

	if (begin_option(buf, OPTION_IA_PREFIX, &at) == -1 ||
	    ibuf_add_n32(buf, preferred) == -1 ||
	    ibuf_add_n32(buf, valid) == -1 ||
	    ibuf_add_n8(buf, p->len) == -1 ||
	    ibuf_add(buf, &p->addr, sizeof(p->addr)) == -1)
		return -1;
	return end_option(buf, at);
}

static int
add_status(struct ibuf *buf, uint16_t status)
{
	size_t at;

	if (begin_option(buf, OPTION_STATUS, &at) == -1 ||
	    ibuf_add_n16(buf, status) == -1)
		return -1;
	return end_option(buf, at);
}

/* The options that it asked for and that we have. */
static int
add_requested(struct ibuf *buf, const struct dhcp6_reply *reply,
    const struct wire_dhcp6_options *o)
{
	uint8_t wants = reply->to.wants;
	size_t at, captive = strnlen(o->captive, sizeof(o->captive));
	uint32_t i;

	if ((wants & DHCP6_WANTS_SERVERS) && o->nservers > 0 &&
	    add_option(buf, OPTION_SERVERS, o->servers,
	    o->nservers * sizeof(o->servers[0])) == -1)
		return -1;
	if ((wants & DHCP6_WANTS_DOMAINS) && o->ndomains > 0) {
		if (begin_option(buf, OPTION_DOMAINS, &at) == -1)
			return -1;
		for (i = 0; i < o->ndomains; i++)
			if (wire_add_domain(buf, o->domains[i]) == -1)
				return -1;
		if (end_option(buf, at) == -1)
			return -1;
	}
	if ((wants & DHCP6_WANTS_CAPTIVE) && captive > 0 &&
	    add_option(buf, OPTION_CAPTIVE, o->captive, captive) == -1)
		return -1;
	if ((wants & DHCP6_WANTS_REFRESH) && reply->refresh > 0) {
		if (begin_option(buf, OPTION_REFRESH, &at) == -1 ||
		    ibuf_add_n32(buf, reply->refresh) == -1)
			return -1;
		return end_option(buf, at);
	}
	return 0;
}

static int
add_option(struct ibuf *buf, uint16_t code, const void *data, size_t len)
{
	if (ibuf_add_n16(buf, code) == -1 ||
	    ibuf_add_n16(buf, (uint16_t)len) == -1)
		return -1;
	return len == 0 ? 0 : ibuf_add(buf, data, len);
}

/* The length is known when all of it is written. */
static int
begin_option(struct ibuf *buf, uint16_t code, size_t *at)
{
	*at = ibuf_len(buf);
	if (ibuf_add_n16(buf, code) == -1)
		return -1;
	return ibuf_add_n16(buf, 0);
}

static int
end_option(struct ibuf *buf, size_t at)
{
	return ibuf_set_n16(buf, at + 2, (uint16_t)(ibuf_len(buf) - at - 4));
}
