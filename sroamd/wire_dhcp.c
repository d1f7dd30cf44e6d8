/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "wire_dhcp.h"
#include "wire_ip.h"

#define BOOTREQUEST	1
#define BOOTREPLY	2
#define HTYPE_ETHER	1
#define COOKIE		0x63825363
#define FLAG_BROADCAST	0x8000

#define CHADDR_LEN	16
#define SNAME_LEN	64
#define FILE_LEN	128
#define BOOTP_MIN	300	/* RFC 1542 2.1: what we send at least */
#define DATAGRAM_MIN	576	/* what every host takes, RFC 2131 2 */
#define DATAGRAM_MAX	1500
#define HOPS		64

#define OPTION_PAD	0
#define OPTION_MASK	1
#define OPTION_ROUTER	3
#define OPTION_DNS	6
#define OPTION_MTU	26
#define OPTION_ADDRESS	50
#define OPTION_LEASE	51
#define OPTION_OVERLOAD	52
#define OPTION_TYPE	53
#define OPTION_SERVER	54
#define OPTION_PARAMS	55
#define OPTION_MESSAGE	56
#define OPTION_MAXSIZE	57
#define OPTION_T1	58
#define OPTION_T2	59
#define OPTION_CLIENT	61
#define OPTION_ROUTES	121
#define OPTION_ROUTES_MS 249	/* Microsoft's number for 121 */
#define OPTION_END	255

#define OVERLOAD_FILE	1
#define OVERLOAD_SNAME	2

/* Where the contents of an option go; all that we read are listed once. */
struct slot {
	uint8_t		 code;
	uint8_t		 max;
	bool		 seen;
	uint8_t		*to;
	size_t		 len;	/* of all its pieces, also beyond max */
};

struct options {
	uint8_t		address[4], server[4], lease[4], maxsize[2];
	uint8_t		overload, type;
	struct slot	slots[8];
};

enum slot_index {
	SLOT_ADDRESS,
	SLOT_LEASE,
	SLOT_OVERLOAD,
	SLOT_TYPE,
	SLOT_SERVER,
	SLOT_PARAMS,
	SLOT_MAXSIZE,
	SLOT_CLIENT
};

/* The options of a reply while they are written. */
struct out {
	struct ibuf	*buf;
	size_t		 end;		/* where the frame must end */
	size_t		 reserve;	/* room kept: the sum of keep */
	uint16_t	 keep[256];	/* for options still to come */
	bool		 sent[256];
};

static const char	*get_headers(struct ibuf *, struct dhcp_request *);
static const char	*get_bootp(struct ibuf *, struct dhcp_request *,
			    struct ibuf *, struct ibuf *);
static const char	*get_options(struct ibuf *, struct options *);
static void		 note(struct options *, uint8_t, struct ibuf *);
static const char	*check_options(const struct options *);
static void		 take_options(const struct options *,
			    struct dhcp_request *);
static void		 get_v4(struct addr *, const uint8_t *);
static bool		 is_host(const struct addr *);
static int		 choose_destination(const struct dhcp_reply *,
			    struct mac *, struct addr *);
static int		 add_bootp(struct ibuf *, const struct dhcp_reply *);
static void		 keep(struct out *, uint8_t, size_t);
static int		 put(struct out *, uint8_t, const void *, size_t);
static int		 put_n32(struct out *, uint8_t, uint32_t);
static int		 put_lease(struct out *, const struct dhcp_reply *);
static int		 put_rest(struct out *, const struct dhcp_reply *,
			    const struct wire_dhcp_options *);
static void		 put_asked(struct out *, uint8_t,
			    const struct wire_dhcp_options *);
static void		 put_mask(struct out *,
			    const struct wire_dhcp_options *);
static void		 put_router(struct out *,
			    const struct wire_dhcp_options *);
static void		 put_nameservers(struct out *,
			    const struct wire_dhcp_options *);
static void		 put_routes(struct out *, uint8_t,
			    const struct wire_dhcp_options *);

const char *
wire_dhcp_parse(const void *frame, size_t len, uint32_t ifindex,
    struct dhcp_request *req)
{
	struct ibuf buf, sname, file;
	struct options o = { .slots = {
		[SLOT_ADDRESS] = { .code = OPTION_ADDRESS },
		[SLOT_LEASE] = { .code = OPTION_LEASE },
		[SLOT_OVERLOAD] = { .code = OPTION_OVERLOAD },
		[SLOT_TYPE] = { .code = OPTION_TYPE },
		[SLOT_SERVER] = { .code = OPTION_SERVER },
		[SLOT_PARAMS] = { .code = OPTION_PARAMS },
		[SLOT_MAXSIZE] = { .code = OPTION_MAXSIZE },
		[SLOT_CLIENT] = { .code = OPTION_CLIENT }
	} };
	const char *why;

	memset(req, 0, sizeof(*req));
	req->ifindex = ifindex;
#define INTO(slot, field) \
	(o.slots[slot].to = (uint8_t *)&(field), \
	o.slots[slot].max = sizeof(field))
	INTO(SLOT_ADDRESS, o.address);
	INTO(SLOT_LEASE, o.lease);
	INTO(SLOT_OVERLOAD, o.overload);
	INTO(SLOT_TYPE, o.type);
	INTO(SLOT_SERVER, o.server);
	INTO(SLOT_PARAMS, req->params);
	INTO(SLOT_MAXSIZE, o.maxsize);
	INTO(SLOT_CLIENT, req->client_id);
#undef INTO
	ibuf_from(&buf, frame, len);
	if ((why = get_headers(&buf, req)) != NULL ||
	    (why = get_bootp(&buf, req, &sname, &file)) != NULL ||
	    (why = get_options(&buf, &o)) != NULL)
		return why;
	/* RFC 3396 5: the pieces belong together in this order. */
	if ((o.overload & OVERLOAD_FILE) &&
	    (why = get_options(&file, &o)) != NULL)
		return why;
	if ((o.overload & OVERLOAD_SNAME) &&
	    (why = get_options(&sname, &o)) != NULL)
		return why;
	if ((why = check_options(&o)) != NULL)
		return why;
	take_options(&o, req);
	return NULL;
}

int
wire_dhcp_build(const struct dhcp_reply *reply,
    const struct wire_dhcp_options *opts, struct ibuf *buf)
{
	struct wire_ether ether = { .src = opts->source,
	    .type = WIRE_TYPE_IP4 };
	struct wire_ip ip = { .src = reply->server,
	    .proto = WIRE_PROTO_UDP, .hops = HOPS };
	const struct wire_udp udp = { WIRE_DHCP_SERVER, WIRE_DHCP_CLIENT };
	const size_t least = WIRE_ETHER_LEN + WIRE_IP4_LEN + WIRE_UDP_LEN +
	    BOOTP_MIN;
	struct out out = { .buf = buf };
	size_t max = reply->to.maxsize;

	if (max < DATAGRAM_MIN)
		max = DATAGRAM_MIN;
	else if (max > DATAGRAM_MAX)
		max = DATAGRAM_MAX;
	out.end = WIRE_ETHER_LEN + max;

	if (choose_destination(reply, &ether.dst, &ip.dst) == -1 ||
	    wire_add_ether(buf, &ether) == -1 ||
	    wire_add_ip4(buf, &ip) == -1 ||
	    wire_add_udp(buf, &udp) == -1 ||
	    add_bootp(buf, reply) == -1 ||
	    put_lease(&out, reply) == -1 ||
	    put_rest(&out, reply, opts) == -1 ||
	    ibuf_add_n8(buf, OPTION_END) == -1)
		return -1;
	if (ibuf_len(buf) < least &&
	    ibuf_add_zero(buf, least - ibuf_len(buf)) == -1)
		return -1;
	return wire_end_udp4(buf);
}

static const char *
get_headers(struct ibuf *buf, struct dhcp_request *req)
{
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	const char *why;

	if ((why = wire_get_ether(buf, &ether)) != NULL)
		return why;
	if (ether.type != WIRE_TYPE_IP4)
		return "not IPv4";
	if ((why = wire_get_ip4(buf, &ip)) != NULL)
		return why;
	if (ip.proto != WIRE_PROTO_UDP)
		return "not UDP";
	if ((why = wire_get_udp(buf, &ip, &udp)) != NULL)
		return why;
	if (udp.dport != WIRE_DHCP_SERVER)
		return "not to the DHCP server's port";
	req->source = ip.src;
	req->source_mac = ether.src;
	return NULL;
}

static const char *
get_bootp(struct ibuf *buf, struct dhcp_request *req, struct ibuf *sname,
    struct ibuf *file)
{
	uint8_t op, htype, hlen, hops, ciaddr[4], giaddr[4];
	uint32_t cookie;

	if (ibuf_get_n8(buf, &op) == -1 || ibuf_get_n8(buf, &htype) == -1 ||
	    ibuf_get_n8(buf, &hlen) == -1 || ibuf_get_n8(buf, &hops) == -1 ||
	    ibuf_get_n32(buf, &req->xid) == -1 ||
	    ibuf_get_n16(buf, &req->secs) == -1 ||
	    ibuf_get_n16(buf, &req->flags) == -1 ||
	    ibuf_get(buf, ciaddr, sizeof(ciaddr)) == -1 ||
	    ibuf_skip(buf, 4 + 4) == -1 ||	/* yiaddr, siaddr */
	    ibuf_get(buf, giaddr, sizeof(giaddr)) == -1 ||
	    ibuf_get(buf, &req->chaddr, sizeof(req->chaddr)) == -1 ||
	    ibuf_skip(buf, CHADDR_LEN - sizeof(req->chaddr)) == -1 ||
	    ibuf_get_ibuf(buf, SNAME_LEN, sname) == -1 ||
	    ibuf_get_ibuf(buf, FILE_LEN, file) == -1 ||
	    ibuf_get_n32(buf, &cookie) == -1)
		return "short DHCP message";
	if (op != BOOTREQUEST)
		return "not a request";
	if (htype != HTYPE_ETHER || hlen != sizeof(req->chaddr))
		return "hardware type is not Ethernet";
	if (cookie != COOKIE)
		return "bad cookie";
	if (!mac_is_station(&req->chaddr))
		return "hardware address is not unicast";
	get_v4(&req->ciaddr, ciaddr);
	get_v4(&req->giaddr, giaddr);
	/* We send there. */
	if (!addr_is_none(&req->ciaddr) && !is_host(&req->ciaddr))
		return "client address is not unicast";
	return NULL;
}

/* The END may be missing. */
static const char *
get_options(struct ibuf *buf, struct options *o)
{
	struct ibuf body;
	uint8_t code, len;

	while (ibuf_get_n8(buf, &code) == 0 && code != OPTION_END) {
		if (code == OPTION_PAD)
			continue;
		if (ibuf_get_n8(buf, &len) == -1 ||
		    ibuf_get_ibuf(buf, len, &body) == -1)
			return "option runs past the end";
		note(o, code, &body);
	}
	return NULL;
}

/* An option that occurs again goes on where it stopped (RFC 3396). */
static void
note(struct options *o, uint8_t code, struct ibuf *body)
{
	size_t i, len = ibuf_left(body), room;
	struct slot *slot;

	for (i = 0; i < sizeof(o->slots) / sizeof(o->slots[0]); i++) {
		slot = &o->slots[i];
		if (slot->code != code)
			continue;
		slot->seen = true;
		room = slot->len < slot->max ? slot->max - slot->len : 0;
		ibuf_get(body, slot->to + slot->max - room,
		    len < room ? len : room);
		slot->len += len;
		return;
	}
}

/*
 * Lengths that are wrong; a lease time or size of a wrong length is left
 * alone as if it were absent.
 */
static const char *
check_options(const struct options *o)
{
	const struct slot *s = o->slots;

	if (!s[SLOT_TYPE].seen)
		return "no message type";
	if (s[SLOT_TYPE].len != 1)
		return "bad length of message type";
	switch (o->type) {
	case DHCP_DISCOVER:
	case DHCP_REQUEST:
	case DHCP_DECLINE:
	case DHCP_RELEASE:
	case DHCP_INFORM:
		break;
	default:
		return "not a client's message type";
	}
	if (s[SLOT_OVERLOAD].seen && s[SLOT_OVERLOAD].len != 1)
		return "bad length of overload option";
	if (s[SLOT_ADDRESS].seen && s[SLOT_ADDRESS].len != 4)
		return "bad length of requested address";
	if (s[SLOT_SERVER].seen && s[SLOT_SERVER].len != 4)
		return "bad length of server identifier";
	if (s[SLOT_CLIENT].len > DHCP_CLIENT_ID_MAX)
		return "client identifier too long";
	return NULL;
}

static void
take_options(const struct options *o, struct dhcp_request *req)
{
	const struct slot *s = o->slots;
	struct ibuf buf;

	req->type = o->type;
	get_v4(&req->requested, o->address);
	get_v4(&req->server, o->server);
	if (s[SLOT_LEASE].len == sizeof(o->lease)) {
		ibuf_from(&buf, o->lease, sizeof(o->lease));
		ibuf_get_n32(&buf, &req->lease);
	}
	if (s[SLOT_MAXSIZE].len == sizeof(o->maxsize)) {
		ibuf_from(&buf, o->maxsize, sizeof(o->maxsize));
		ibuf_get_n16(&buf, &req->maxsize);
	}
	req->nparams = s[SLOT_PARAMS].len < DHCP_PARAMS_MAX ?
	    s[SLOT_PARAMS].len : DHCP_PARAMS_MAX;
	req->client_idlen = s[SLOT_CLIENT].len;
}

static void
get_v4(struct addr *addr, const uint8_t *v4)
{
	static const uint8_t zero[4];

	*addr = addr_none;
	if (memcmp(v4, zero, sizeof(zero)) != 0)
		addr_from_v4(addr, v4);
}

/* Neither loopback nor multicast, reserved or broadcast. */
static bool
is_host(const struct addr *addr)
{
	const uint8_t *v4 = addr_v4(addr);

	return v4[0] != 0 && v4[0] != 127 && v4[0] < 224;
}

/*
 * RFC 2131 4.1.  A broadcast still goes to the one station at Ethernet: on
 * Wi-Fi that is faster and acknowledged.  Only a NAK must reach a station
 * whatever it thinks its address is.
 */
static int
choose_destination(const struct dhcp_reply *reply, struct mac *mac,
    struct addr *dst)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };
	const struct dhcp_request *to = &reply->to;

	if (!addr_is_none(&to->giaddr) || !addr_is_v4(&reply->server))
		return -1;
	*mac = to->chaddr;
	addr_from_v4(dst, all);
	if (reply->type == DHCP_NAK)
		*mac = wire_broadcast;
	else if (!addr_is_none(&to->ciaddr))
		*dst = to->ciaddr;
	else if (to->flags & FLAG_BROADCAST)
		;
	else if (!addr_is_none(&reply->yiaddr))
		*dst = reply->yiaddr;
	else
		return -1;
	return 0;
}

/* RFC 2131 table 3. */
static int
add_bootp(struct ibuf *buf, const struct dhcp_reply *reply)
{
	const struct dhcp_request *to = &reply->to;
	const struct addr *ciaddr = reply->type == DHCP_ACK ? &to->ciaddr :
	    &addr_none;
	uint16_t flags = to->flags;

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
	    ibuf_add_zero(buf, 4 + 4) == -1 ||	/* siaddr, giaddr */
	    ibuf_add(buf, &to->chaddr, sizeof(to->chaddr)) == -1 ||
	    ibuf_add_zero(buf, CHADDR_LEN - sizeof(to->chaddr) + SNAME_LEN +
	    FILE_LEN) == -1)
		return -1;
	return ibuf_add_n32(buf, COOKIE);
}

static void
keep(struct out *out, uint8_t code, size_t len)
{
	out->keep[code] = 2 + len;
	out->reserve += 2 + len;
}

/* Room stays for what is kept, and for the END. */
static int
put(struct out *out, uint8_t code, const void *data, size_t len)
{
	size_t need = 2 + len + out->reserve - out->keep[code] + 1;

	if (ibuf_len(out->buf) + need > out->end ||
	    ibuf_room(out->buf) < need)
		return -1;
	ibuf_add_n8(out->buf, code);
	ibuf_add_n8(out->buf, len);
	out->reserve -= out->keep[code];
	out->keep[code] = 0;
	out->sent[code] = true;
	return ibuf_add(out->buf, data, len);
}

static int
put_n32(struct out *out, uint8_t code, uint32_t n)
{
	const uint8_t o[4] = { n >> 24, n >> 16, n >> 8, n };

	return put(out, code, o, sizeof(o));
}

/* What every reply has, in front, and the times of the lease. */
static int
put_lease(struct out *out, const struct dhcp_reply *reply)
{
	if (put(out, OPTION_TYPE, &reply->type, sizeof(reply->type)) == -1 ||
	    put(out, OPTION_SERVER, addr_v4(&reply->server), 4) == -1)
		return -1;
	if (reply->type == DHCP_NAK)
		return 0;
	if ((reply->lease != 0 &&
	    put_n32(out, OPTION_LEASE, reply->lease) == -1) ||
	    (reply->t1 != 0 && put_n32(out, OPTION_T1, reply->t1) == -1) ||
	    (reply->t2 != 0 && put_n32(out, OPTION_T2, reply->t2) == -1))
		return -1;
	return 0;
}

/*
 * The client identifier is echoed (RFC 6842), and mask and router are always
 * there: without them a station cannot work with the address.  Their room is
 * kept while others are written.
 */
static int
put_rest(struct out *out, const struct dhcp_reply *reply,
    const struct wire_dhcp_options *opts)
{
	const struct dhcp_request *to = &reply->to;
	size_t len = strnlen(reply->message, sizeof(reply->message));
	uint8_t i;

	if (to->client_idlen > 0)
		keep(out, OPTION_CLIENT, to->client_idlen);
	if (reply->type == DHCP_NAK) {
		if (len > 0)
			put(out, OPTION_MESSAGE, reply->message, len);
	} else {
		keep(out, OPTION_MASK, 4);
		if (addr_is_v4(&opts->gateway))
			keep(out, OPTION_ROUTER, 4);
		for (i = 0; i < to->nparams && i < DHCP_PARAMS_MAX; i++)
			put_asked(out, to->params[i], opts);
		put_asked(out, OPTION_MASK, opts);
		put_asked(out, OPTION_ROUTER, opts);
		put_asked(out, OPTION_DNS, opts);
	}
	if (to->client_idlen > 0)
		put(out, OPTION_CLIENT, to->client_id, to->client_idlen);
	return out->reserve == 0 ? 0 : -1;
}

/* One option of the station's list; what does not fit is left out. */
static void
put_asked(struct out *out, uint8_t code, const struct wire_dhcp_options *opts)
{
	const uint8_t mtu[2] = { opts->mtu >> 8, opts->mtu };

	if (out->sent[code])
		return;
	switch (code) {
	case OPTION_MASK:
		put_mask(out, opts);
		break;
	case OPTION_ROUTER:
		/* RFC 2132 3.3: the mask must come before the router. */
		put_asked(out, OPTION_MASK, opts);
		put_router(out, opts);
		break;
	case OPTION_DNS:
		put_nameservers(out, opts);
		break;
	case OPTION_MTU:
		if (opts->mtu != 0)
			put(out, code, mtu, sizeof(mtu));
		break;
	case OPTION_ROUTES:
	case OPTION_ROUTES_MS:
		put_routes(out, code, opts);
		break;
	}
}

static void
put_mask(struct out *out, const struct wire_dhcp_options *opts)
{
	uint32_t mask = opts->netmask == 0 ? 0 :
	    UINT32_MAX << (opts->netmask >= 32 ? 0 : 32 - opts->netmask);

	put_n32(out, OPTION_MASK, mask);
}

static void
put_router(struct out *out, const struct wire_dhcp_options *opts)
{
	if (addr_is_v4(&opts->gateway))
		put(out, OPTION_ROUTER, addr_v4(&opts->gateway), 4);
}

/* As many as there is room for. */
static void
put_nameservers(struct out *out, const struct wire_dhcp_options *opts)
{
	uint8_t list[WIRE_DHCP_NAMESERVERS][4];
	size_t i, n = 0;

	for (i = 0; i < opts->nnameservers && i < WIRE_DHCP_NAMESERVERS; i++)
		if (addr_is_v4(&opts->nameservers[i]))
			memcpy(list[n++], addr_v4(&opts->nameservers[i]), 4);
	while (n > 0 && put(out, OPTION_DNS, list, n * 4) == -1)
		n--;
}

/*
 * RFC 3442, the gateway itself first: it lies outside of a mask of 32 bits,
 * and a client that knows this option ignores the router option.
 */
static void
put_routes(struct out *out, uint8_t code, const struct wire_dhcp_options *opts)
{
	uint8_t routes[1 + 4 + 4 + 1 + 4] = { [0] = 32 };

	if (!addr_is_v4(&opts->gateway))
		return;
	memcpy(routes + 1, addr_v4(&opts->gateway), 4);
	memcpy(routes + 10, addr_v4(&opts->gateway), 4);
	put(out, code, routes, sizeof(routes));
}
