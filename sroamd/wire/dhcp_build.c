/* SPDX-License-Identifier: ISC */
/* DHCPv4 and BOOTP replies are written (RFC 951, 2131, 2132). */
#include <stdbool.h>
#include <string.h>

#include "wire/dhcp.h"
#include "wire/dhcp_local.h"
#include "wire/ip.h"

#define BOOTP_MIN	300	/* RFC 1542 2.1: minimum of a reply */
#define DATAGRAM_MIN	576	/* RFC 2131 2: any host accepts that */
#define DATAGRAM_MAX	1500
#define HOPS		64
#define PIECE		255	/* limit of one option */
#define LABEL_MAX	63
#define POINTERS_MAX	64

/* A reply's options, while they are written. */
struct out {
	struct ibuf	*buf;
	size_t		 end;		/* where the frame must end */
	size_t		 reserve;	/* room kept: the sum of keep */
	uint16_t	 keep[256];	/* for options still to come */
	bool		 sent[256];
};

/* An option's contents. */
struct sources {
	const struct dhcp_reply		*reply;
	const struct wire_dhcp_options	*opts;
};

typedef void	 put_fn(struct out *, uint8_t, const struct sources *);

static size_t	size_limit(const struct dhcp_reply *, uint16_t);
static bool	is_relayed(const struct dhcp_reply *);
static bool	is_bootp(const struct dhcp_reply *);
static bool	has_id(const struct dhcp_request *);
static int	choose_destination(const struct dhcp_reply *, struct mac *,
		    struct addr *, uint16_t *);
static int	add_bootp(struct ibuf *, const struct dhcp_reply *,
		    const struct wire_dhcp_options *);
static int	add_field(struct ibuf *, const char *, size_t);
static size_t	size_of(size_t);
static void	keep(struct out *, uint8_t, size_t);
static int	put(struct out *, uint8_t, const void *, size_t);
static int	put_n32(struct out *, uint8_t, uint32_t);
static int	put_text(struct out *, uint8_t, const char *);
static int	put_lease(struct out *, const struct dhcp_reply *);
static int	put_rest(struct out *, const struct sources *);
static void	put_asked(struct out *, uint8_t, const struct sources *);
static void	put_unasked(struct out *, const struct sources *);
static uint32_t	v4_number(const struct addr *);
static uint32_t	mask_of(const struct wire_dhcp_options *);
static put_fn	 put_mask, put_router, put_dns, put_host, put_domain, put_mtu,
		    put_broadcast, put_ntp, put_fqdn, put_ipv6only,
		    put_portal, put_search, put_routes, put_boot_server,
		    put_boot_file, put_raw;
static void	put_v4(struct out *, uint8_t, const struct addr *, uint32_t);
static size_t	encode_search(const struct wire_dhcp_options *, uint8_t *,
		    size_t);

static const struct {
	uint8_t	 code;
	put_fn	*put;
} options[] = {
	{ OPTION_MASK, put_mask },
	{ OPTION_ROUTER, put_router },
	{ OPTION_DNS, put_dns },
	{ OPTION_HOST, put_host },
	{ OPTION_DOMAIN, put_domain },
	{ OPTION_MTU, put_mtu },
	{ OPTION_BROADCAST, put_broadcast },
	{ OPTION_NTP, put_ntp },
	{ OPTION_BOOT_SERVER, put_boot_server },
	{ OPTION_BOOT_FILE, put_boot_file },
	{ OPTION_FQDN, put_fqdn },
	{ OPTION_IPV6ONLY, put_ipv6only },
	{ OPTION_PORTAL, put_portal },
	{ OPTION_SEARCH, put_search },
	{ OPTION_ROUTES, put_routes },
	{ OPTION_ROUTES_MS, put_routes }
};

/* Options for a station that sends no list of its own. */
static const uint8_t usual[] = {
	OPTION_MASK, OPTION_ROUTER, OPTION_DNS, OPTION_DOMAIN
};
static const uint8_t usual_bootp[] = {
	OPTION_MASK, OPTION_ROUTER, OPTION_HOST, OPTION_DNS, OPTION_DOMAIN
};

uint8_t
wire_dhcp_netmask(const struct addr *a, const struct addr *b)
{
	uint32_t x = v4_number(a), y = v4_number(b), host;
	uint8_t len;

	for (len = 30; len >= 8; len--) {
		host = UINT32_MAX >> len;
		if (((x ^ y) & ~host) == 0 && (x & host) != 0 &&
		    (y & host) != 0 && (x & host) != host &&
		    (y & host) != host)
			return len;
	}
	return 32;
}

int
wire_dhcp_build(const struct dhcp_reply *reply,
    const struct wire_dhcp_options *opts, struct ibuf *buf)
{
	const struct sources from = { reply, opts };
	struct wire_ether ether = { .src = opts->source,
	    .type = WIRE_TYPE_IP4 };
	struct wire_ip ip = { .src = reply->server,
	    .proto = WIRE_PROTO_UDP, .hops = HOPS };
	struct wire_udp udp = { .sport = WIRE_DHCP_SERVER };
	const size_t least = WIRE_ETHER_LEN + WIRE_IP4_LEN + WIRE_UDP_LEN +
	    BOOTP_MIN;
	struct out out = { .buf = buf };

	out.end = WIRE_ETHER_LEN + size_limit(reply, opts->mtu);
	if (choose_destination(reply, &ether.dst, &ip.dst, &udp.dport) == -1 ||
	    wire_add_ether(buf, &ether) == -1 ||
	    wire_add_ip4(buf, &ip) == -1 ||
	    wire_add_udp(buf, &udp) == -1 ||
	    add_bootp(buf, reply, opts) == -1)
		return -1;
	if (!(is_bootp(reply) && reply->to.plain) &&
	    (put_lease(&out, reply) == -1 ||
	    put_rest(&out, &from) == -1 ||
	    ibuf_add_n8(buf, OPTION_END) == -1))
		return -1;
	if (ibuf_len(buf) < least &&
	    ibuf_add_zero(buf, least - ibuf_len(buf)) == -1)
		return -1;
	return wire_end_udp4(buf);
}

/*
 * Of the datagram.  BOOTP has room for 64 octets of options, as long as nobody
 * says more (RFC 951 3).
 */
static size_t
size_limit(const struct dhcp_reply *reply, uint16_t mtu)
{
	size_t max = reply->to.maxsize;

	if (mtu != 0 && max > mtu)
		max = mtu;
	if (max < DATAGRAM_MIN)
		max = is_bootp(reply) ? WIRE_IP4_LEN + WIRE_UDP_LEN +
		    BOOTP_MIN : DATAGRAM_MIN;
	/* The relay removes its own option before it passes the reply on. */
	if (reply->to.relay_idlen > 0)
		max += size_of(reply->to.relay_idlen);
	return max < DATAGRAM_MAX ? max : DATAGRAM_MAX;
}

static bool
is_bootp(const struct dhcp_reply *reply)
{
	return reply->type == DHCP_BOOTP;
}

/* The station's own (RFC 6842), none made for it; BOOTP has none. */
static bool
has_id(const struct dhcp_request *to)
{
	return to->client_idlen > 0 && to->type != DHCP_BOOTP &&
	    to->repeated != DHCP_REPEATED_BARE;
}

static bool
is_relayed(const struct dhcp_reply *reply)
{
	return !addr_is_none(&reply->to.giaddr);
}

/*
 * RFC 2131 4.1.  A broadcast is still sent to the one station's MAC address:
 * on Wi-Fi that is faster and acknowledged.  Only a NAK must reach a station
 * with a wrong IP address.
 */
static int
choose_destination(const struct dhcp_reply *reply, struct mac *mac,
    struct addr *dst, uint16_t *port)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };
	const struct dhcp_request *to = &reply->to;

	if (!addr_is_v4(&reply->server))
		return -1;
	if (is_relayed(reply)) {
		*mac = to->source_mac;
		*dst = to->giaddr;
		*port = to->relay_port ? to->sport : WIRE_DHCP_SERVER;
		return *port == 0 ? -1 : 0;
	}
	*port = WIRE_DHCP_CLIENT;
	*mac = to->chaddr;
	addr_from_v4(dst, all);
	if (reply->type == DHCP_NAK)
		*mac = wire_broadcast;
	else if (!addr_is_none(&to->ciaddr))
		*dst = to->ciaddr;
	else if (!(to->flags & FLAG_BROADCAST))
		*dst = reply->yiaddr;
	else if (to->repeated)	/* which sends that on to all behind it */
		*mac = wire_broadcast;
	return addr_is_none(dst) ? -1 : 0;
}

/* A text that ends in zeroes; a longer one than fits is none. */
static int
add_field(struct ibuf *buf, const char *text, size_t size)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= size)
		len = 0;
	if (len > 0 && ibuf_add(buf, text, len) == -1)
		return -1;
	return ibuf_add_zero(buf, size - len);
}

/* RFC 2131 table 3. */
static int
add_bootp(struct ibuf *buf, const struct dhcp_reply *reply,
    const struct wire_dhcp_options *opts)
{
	const struct dhcp_request *to = &reply->to;
	const struct addr *ciaddr = reply->type == DHCP_ACK ||
	    is_bootp(reply) ? &to->ciaddr : &addr_none;
	uint16_t flags = to->flags;
	bool boots = reply->type != DHCP_NAK;

	if (reply->type == DHCP_NAK)
		flags |= FLAG_BROADCAST;
	if (ibuf_add_n8(buf, BOOTREPLY) == -1 ||
	    ibuf_add_n8(buf, HTYPE_ETHER) == -1 ||
	    ibuf_add_n8(buf, sizeof(to->chaddr)) == -1 ||
	    ibuf_add_n8(buf, 0) == -1 ||
	    ibuf_add_n32(buf, to->xid) == -1 ||
	    ibuf_add_n16(buf, 0) == -1 ||
	    ibuf_add_n16(buf, flags) == -1 ||
	    ibuf_add(buf, addr_v4(ciaddr), 4) == -1 ||
	    ibuf_add(buf, addr_v4(&reply->yiaddr), 4) == -1 ||
	    ibuf_add(buf, addr_v4(boots ? &opts->next_server : &addr_none),
	    4) == -1 ||
	    ibuf_add(buf, addr_v4(&to->giaddr), 4) == -1 ||
	    ibuf_add(buf, to->repeated ? &to->behind : &to->chaddr,
	    sizeof(to->chaddr)) == -1 ||
	    ibuf_add_zero(buf, CHADDR_LEN - sizeof(to->chaddr)) == -1 ||
	    add_field(buf, boots ? opts->server_name : NULL, SNAME_LEN) == -1 ||
	    add_field(buf, boots ? opts->boot_file : NULL, FILE_LEN) == -1)
		return -1;
	return is_bootp(reply) && to->plain ? 0 : ibuf_add_n32(buf, COOKIE);
}

/* The octets of an option with the headers of its parts (RFC 3396). */
static size_t
size_of(size_t len)
{
	return len + 2 * (len == 0 ? 1 : (len + PIECE - 1) / PIECE);
}

static void
keep(struct out *out, uint8_t code, size_t len)
{
	out->keep[code] = size_of(len);
	out->reserve += out->keep[code];
}

/* Leaves room for the options that must be sent, and for the END. */
static int
put(struct out *out, uint8_t code, const void *data, size_t len)
{
	size_t need = size_of(len) + out->reserve - out->keep[code] + 1, n;
	const uint8_t *p = data;

	if (ibuf_len(out->buf) + need > out->end ||
	    ibuf_room(out->buf) < need)
		return -1;
	out->reserve -= out->keep[code];
	out->keep[code] = 0;
	out->sent[code] = true;
	do {
		n = len < PIECE ? len : PIECE;
		if (ibuf_add_n8(out->buf, code) == -1 ||
		    ibuf_add_n8(out->buf, n) == -1 ||
		    (n > 0 && ibuf_add(out->buf, p, n) == -1))
			return -1;
		p += n;
		len -= n;
	} while (len > 0);
	return 0;
}

static int
put_n32(struct out *out, uint8_t code, uint32_t n)
{
	const uint8_t o[4] = { n >> 24, n >> 16, n >> 8, n };

	return put(out, code, o, sizeof(o));
}

static int
put_text(struct out *out, uint8_t code, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return -1;
	return put(out, code, text, strlen(text));
}

/* The options of every reply, which come first, and the times of the lease. */
static int
put_lease(struct out *out, const struct dhcp_reply *reply)
{
	const struct addr *server = &reply->server;

	if (is_bootp(reply))
		return 0;
	if (is_relayed(reply) && addr_is_v4(&reply->to.override))
		server = &reply->to.override;
	if (put(out, OPTION_TYPE, &reply->type, sizeof(reply->type)) == -1 ||
	    put(out, OPTION_SERVER, addr_v4(server), 4) == -1)
		return -1;
	if (reply->type == DHCP_NAK)
		return 0;
	if ((reply->lease != 0 &&
	    put_n32(out, OPTION_LEASE, reply->lease) == -1) ||
	    (reply->t1 != 0 && put_n32(out, OPTION_T1, reply->t1) == -1) ||
	    (reply->t2 != 0 && put_n32(out, OPTION_T2, reply->t2) == -1))
		return -1;
	/* RFC 4039: an ACK without a REQUEST. */
	if (reply->type == DHCP_ACK && reply->to.type == DHCP_DISCOVER)
		return put(out, OPTION_RAPID, "", 0);
	return 0;
}

/*
 * The options that the station wants, in its order (RFC 2132 9.8).  Then those
 * that are echoed: its identifier (RFC 6842), and last the relay's (RFC 3046
 * 2.2).
 */
static int
put_rest(struct out *out, const struct sources *from)
{
	const struct dhcp_reply *reply = from->reply;
	const struct dhcp_request *to = &reply->to;
	const uint8_t *want = to->nparams > 0 ? to->params :
	    is_bootp(reply) ? usual_bootp : usual;
	size_t i, n = to->nparams > 0 ? to->nparams :
	    is_bootp(reply) ? sizeof(usual_bootp) : sizeof(usual);
	size_t len = strnlen(reply->message, sizeof(reply->message));

	if (has_id(to))
		keep(out, OPTION_CLIENT, to->client_idlen);
	if (to->relay_idlen > 0)
		keep(out, OPTION_RELAY, to->relay_idlen);
	if (reply->type == DHCP_NAK) {
		if (len > 0)
			put(out, OPTION_MESSAGE, reply->message, len);
	} else {
		/* These are kept if there is no room for all. */
		if (memchr(want, OPTION_MASK, n) != NULL)
			keep(out, OPTION_MASK, 4);
		if (memchr(want, OPTION_ROUTER, n) != NULL &&
		    addr_is_v4(&from->opts->gateway))
			keep(out, OPTION_ROUTER, 4);
		for (i = 0; i < n && i < DHCP_PARAMS_MAX; i++)
			put_asked(out, want[i], from);
		put_asked(out, OPTION_FQDN, from);
		put_unasked(out, from);
	}
	if (has_id(to))
		put(out, OPTION_CLIENT, to->client_id, to->client_idlen);
	if (to->relay_idlen > 0)
		put(out, OPTION_RELAY, to->relay_id, to->relay_idlen);
	return out->reserve == 0 ? 0 : -1;
}

/* Those that the operator sends to all. */
static void
put_unasked(struct out *out, const struct sources *from)
{
	size_t i;

	for (i = 0; i < from->opts->nraw; i++)
		if (from->opts->raw[i]->always)
			put_asked(out, from->opts->raw[i]->code, from);
}

/* One option of the station's list; omitted if it does not fit. */
static void
put_asked(struct out *out, uint8_t code, const struct sources *from)
{
	size_t i;

	if (out->sent[code])
		return;
	/* RFC 2132 3.3: the mask must come before the router. */
	if (code == OPTION_ROUTER && out->keep[OPTION_MASK] != 0)
		put_asked(out, OPTION_MASK, from);
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].code == code) {
			options[i].put(out, code, from);
			return;
		}
	put_raw(out, code, from);
}

static uint32_t
v4_number(const struct addr *addr)
{
	const uint8_t *v4 = addr_v4(addr);

	return (uint32_t)v4[0] << 24 | (uint32_t)v4[1] << 16 |
	    (uint32_t)v4[2] << 8 | v4[3];
}

static uint32_t
mask_of(const struct wire_dhcp_options *opts)
{
	if (opts->netmask == 0 || opts->netmask >= 32)
		return UINT32_MAX;
	return UINT32_MAX << (32 - opts->netmask);
}

static void
put_mask(struct out *out, uint8_t code, const struct sources *from)
{
	put_n32(out, code, mask_of(from->opts));
}

static void
put_router(struct out *out, uint8_t code, const struct sources *from)
{
	if (addr_is_v4(&from->opts->gateway))
		put(out, code, addr_v4(&from->opts->gateway), 4);
}

static void
put_dns(struct out *out, uint8_t code, const struct sources *from)
{
	put_v4(out, code, from->opts->nameservers, from->opts->nnameservers);
}

static void
put_ntp(struct out *out, uint8_t code, const struct sources *from)
{
	put_v4(out, code, from->opts->ntp, from->opts->nntp);
}

/* As many as fit. */
static void
put_v4(struct out *out, uint8_t code, const struct addr *addrs, uint32_t count)
{
	uint8_t list[WIRE_DHCP_SERVERS][4];
	size_t i, n = 0;

	for (i = 0; i < count && i < WIRE_DHCP_SERVERS; i++)
		if (addr_is_v4(&addrs[i]))
			memcpy(list[n++], addr_v4(&addrs[i]), 4);
	while (n > 0 && put(out, code, list, n * 4) == -1)
		n--;
}

static void
put_host(struct out *out, uint8_t code, const struct sources *from)
{
	put_text(out, code, from->reply->host);
}

static void
put_domain(struct out *out, uint8_t code, const struct sources *from)
{
	put_text(out, code, from->opts->domain);
}

static void
put_mtu(struct out *out, uint8_t code, const struct sources *from)
{
	const uint8_t mtu[2] = { from->opts->mtu >> 8, from->opts->mtu };

	if (from->opts->mtu != 0)
		put(out, code, mtu, sizeof(mtu));
}

/* A station with a mask of 32 bits has no broadcast address. */
static void
put_broadcast(struct out *out, uint8_t code, const struct sources *from)
{
	const struct addr *addr = addr_is_v4(&from->reply->yiaddr) ?
	    &from->reply->yiaddr : &from->reply->to.ciaddr;
	uint32_t n = v4_number(addr);

	if (mask_of(from->opts) != UINT32_MAX && addr_is_v4(addr))
		put_n32(out, code, n | ~mask_of(from->opts));
}

/* RFC 4702 4: we update no DNS records, whatever the station asks. */
static void
put_fqdn(struct out *out, uint8_t code, const struct sources *from)
{
	const struct dhcp_request *to = &from->reply->to;
	uint8_t fqdn[DHCP_FQDN_MAX];

	if (to->fqdnlen < 3 || to->fqdnlen > sizeof(fqdn))
		return;
	memcpy(fqdn, to->fqdn, to->fqdnlen);
	fqdn[0] = (to->fqdn[0] & FQDN_E) | FQDN_N |
	    (to->fqdn[0] & FQDN_S ? FQDN_O : 0);
	fqdn[1] = fqdn[2] = 255;
	put(out, code, fqdn, to->fqdnlen);
}

static void
put_ipv6only(struct out *out, uint8_t code, const struct sources *from)
{
	if (from->opts->ipv6_only != 0)
		put_n32(out, code, from->opts->ipv6_only);
}

static void
put_portal(struct out *out, uint8_t code, const struct sources *from)
{
	put_text(out, code, from->opts->portal);
}

static void
put_search(struct out *out, uint8_t code, const struct sources *from)
{
	uint8_t list[WIRE_DHCP_SEARCH * 256];
	size_t len;

	len = encode_search(from->opts, list, sizeof(list));
	if (len > 0)
		put(out, code, list, len);
}

/*
 * RFC 1035 4.1.4, as RFC 3397 has it: a name ends in a pointer where the rest
 * of it has occurred before.
 */
static size_t
encode_search(const struct wire_dhcp_options *opts, uint8_t *list, size_t max)
{
	struct { const char *rest; size_t at; } seen[POINTERS_MAX];
	size_t i, j, n = 0, label;
	struct ibuf buf;
	const char *p;

	ibuf_to(&buf, list, max);
	for (i = 0; i < opts->nsearch && i < WIRE_DHCP_SEARCH; i++) {
		for (p = opts->search[i]; *p != '\0'; p += label) {
			for (j = 0; j < n; j++)
				if (strcasecmp(seen[j].rest, p) == 0)
					break;
			if (j < n)
				break;
			if (n < POINTERS_MAX) {
				seen[n].rest = p;
				seen[n++].at = ibuf_len(&buf);
			}
			label = strcspn(p, ".");
			if (label > LABEL_MAX ||
			    ibuf_add_n8(&buf, label) == -1 ||
			    ibuf_add(&buf, p, label) == -1)
				return 0;
			if (p[label] == '.')
				label++;
		}
		if ((*p != '\0' ? ibuf_add_n16(&buf, 0xc000 | seen[j].at) :
		    ibuf_add_n8(&buf, 0)) == -1)
			return 0;
	}
	return ibuf_len(&buf);
}

/*
 * RFC 3442, the gateway itself first: it is outside of a mask of 32 bits, and
 * a client that knows this option ignores the router option.
 */
static void
put_routes(struct out *out, uint8_t code, const struct sources *from)
{
	uint8_t routes[1 + 4 + 4 + 1 + 4] = { [0] = 32 };

	if (!addr_is_v4(&from->opts->gateway))
		return;
	memcpy(routes + 1, addr_v4(&from->opts->gateway), 4);
	memcpy(routes + 10, addr_v4(&from->opts->gateway), 4);
	put(out, code, routes, sizeof(routes));
}

/* By name or address, unless the operator has written the option. */
static void
put_boot_server(struct out *out, uint8_t code, const struct sources *from)
{
	const struct wire_dhcp_options *opts = from->opts;

	put_raw(out, code, from);
	if (out->sent[code])
		return;
	if (opts->server_name != NULL && opts->server_name[0] != '\0')
		put_text(out, code, opts->server_name);
	else if (addr_is_v4(&opts->next_server))
		put_text(out, code, addr_text(&opts->next_server));
}

static void
put_boot_file(struct out *out, uint8_t code, const struct sources *from)
{
	put_raw(out, code, from);
	if (!out->sent[code])
		put_text(out, code, from->opts->boot_file);
}

static void
put_raw(struct out *out, uint8_t code, const struct sources *from)
{
	size_t i;

	for (i = 0; i < from->opts->nraw; i++)
		if (from->opts->raw[i]->code == code) {
			put(out, code, from->opts->raw[i]->data,
			    from->opts->raw[i]->len);
			return;
		}
}
